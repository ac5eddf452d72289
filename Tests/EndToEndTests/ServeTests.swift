import Foundation
import Testing

/// What `gepeto serve` says when it starts.
@Suite struct ServeTests {
    @Test(arguments: [true, false])
    func theBrowserIsNamedOnlyWhenThereIsAPage(_ hasPage: Bool) async throws {
        let scratch = try Scratch()
        if hasPage { try scratch.write("web/index.html", Data("<!DOCTYPE html><title>x</title>".utf8)) }
        var program = Program(data: scratch.path + "/data")
        program.environment["GEPETO_WEB_DIR"] = scratch.path + "/web"
        let outcome = await program.run(["serve", "--port", "0"]) {}
        #expect(outcome.code == 0, "\(outcome.complaints)")
        #expect(outcome.output.contains("gepeto is serving http://"))
        #expect(outcome.output.contains("in a browser") == hasPage)
        #expect(outcome.complaints.contains("set GEPETO_WEB_DIR") == !hasPage)
    }
}
