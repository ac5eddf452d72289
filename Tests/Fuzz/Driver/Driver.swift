import CFuzzer
import FuzzTargets
import Glibc

/// `fuzz TARGET [libFuzzer's options] [corpus folders]`: runs one target until it finds something or is told to end.
@main
struct Driver {
    /// libFuzzer's callback has no context.
    nonisolated(unsafe) private static var target: FuzzTarget?

    static func main() {
        let names = FuzzTarget.all.map(\.name).joined(separator: " ")
        guard CommandLine.argc > 1, let name = CommandLine.unsafeArgv[1].map({ String(cString: $0) }),
            let target = FuzzTarget.all.first(where: { $0.name == name })
        else {
            print("usage: fuzz TARGET [libFuzzer's options] [corpus folders]\ntargets: \(names)")
            exit(2)
        }
        // Written once, before the one thread that reads it calls back.
        Self.target = target
        var count = CommandLine.argc - 1
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
                if let complaint = Driver.target?.check(Array(UnsafeBufferPointer(start: bytes, count: count))) {
                    fatalError(complaint)
                }
                return 0
            })
    }
}
