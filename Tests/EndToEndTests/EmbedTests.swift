import Foundation
import Testing

/// `gepeto embed` as another program's child, which waits for each answer before it asks on.
@Suite struct EmbedTests {
    @Test func eachLineIsAnsweredWhileTheInputStaysOpen() throws {
        let (input, output) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = URL(filePath: Program.executable)
        process.arguments = ["embed"]
        process.environment = ["GEPETO_MODEL_DIR": Program.root + "models/all-MiniLM-L6-v2"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        for text in ["What is recursion?", "Was ist Rekursion?"] {
            try input.fileHandleForWriting.write(contentsOf: Data("\(text)\n".utf8))
            var answer = Data()
            while answer.last != 0x0a {
                let piece = output.fileHandleForReading.availableData
                try #require(!piece.isEmpty, "ended without an answer")
                answer += piece
            }
            #expect(try JSONDecoder().decode([Float].self, from: answer).count == 384)
        }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
