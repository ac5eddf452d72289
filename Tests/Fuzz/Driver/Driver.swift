import CFuzzer
import FuzzTargets
import Glibc

/// `FUZZ_TARGET=NAME fuzz [libFuzzer's options] [corpus folders]`: runs one target until it finds something or is told to
/// end. The name is no argument, because libFuzzer starts itself again with the arguments it got.
@main
struct Driver {
    /// libFuzzer's callback has no context.
    nonisolated(unsafe) private static var target: FuzzTarget?

    static func main() {
        let names = FuzzTarget.all.map(\.name).joined(separator: " ")
        guard let name = getenv("FUZZ_TARGET").map({ String(cString: $0) }),
            let target = FuzzTarget.all.first(where: { $0.name == name })
        else {
            print("usage: FUZZ_TARGET=NAME fuzz [libFuzzer's options] [corpus folders]\nnames: \(names)")
            exit(2)
        }
        // Written once, before the one thread that reads it calls back.
        Self.target = target
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
                if let complaint = Driver.target?.check(Array(UnsafeBufferPointer(start: bytes, count: count))) {
                    fatalError(complaint)
                }
                return 0
            })
    }
}
