import TestSupport
import Testing

@testable import AWS

@Suite(.enabled(if: MotoServer.isInstalled, "\(MotoServer.missing)"))
struct SSMTests {
    @Test func parametersUnderAPathAreReadPageByPage() async throws {
        let house = try await MotoHouse()
        for number in 0..<12 {
            try await house.make(
                .ssm, "PutParameter",
                ["Name": .text("/pages/prod/P\(number)"), "Value": .text("v\(number)"), "Type": "SecureString"])
        }
        try await house.make(.ssm, "PutParameter", ["Name": "/pages/other/P", "Value": "no", "Type": "String"])
        // Another program's, whose key the role may not have.
        try await house.make(
            .ssm, "PutParameter", ["Name": "/pages/prod/deep/P", "Value": "no", "Type": "SecureString"])
        let found = try await SSM(house.client(.ssm)).getParametersByPath("/pages/prod", deadline: MotoHouse.patience)
        #expect(found.count == 12)
        // Decrypted: the stand-in marks what is not.
        #expect(found["/pages/prod/P11"] == "v11")
    }
}
