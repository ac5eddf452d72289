import CLinux
import FoundationEssentials
import Glibc
import Support

/// The process that reads a stranger's file: `gepeto extract FILE --child`, started by `ExtractionProcess` in a folder of
/// its own. It hands back a frame (`ExtractionFrame`) on standard output and sends its progress on descriptor 3.
package enum ExtractorChild {
    /// The last word of its command line.
    package static let word = "--child"
    /// In the place of a file: try the sandbox and report.
    static let probe = "--probe"

    /// Does the whole work and ends the process when the command line says so; else returns at once. To be called before
    /// the process has a second thread.
    package static func runIfAsked(_ commandLine: [String]) {
        guard commandLine.count == 4, commandLine[1] == "extract", commandLine[3] == word else { return }
        run(commandLine[2])
    }

    package static func run(_ file: String) -> Never {
        // A file that may not grow is an error of that write, which a reader can report.
        signal(SIGXFSZ, SIG_IGN)
        // Nothing that is started from here inherits it.
        let canReport = fcntl(ChildProcess.messageDescriptor, F_SETFD, FD_CLOEXEC) == 0
        let result: ExtractionResult
        do {
            // The probe opens no document, and is there to tell.
            let holds = try Sandbox.enter(needsFilter: file != probe && !Sandbox.isBestEffort)
            try Sandbox.endWithParent()
            if file == probe {
                result = .sandbox(SandboxReport.made(within: holds))
            } else {
                var reporter = ProgressReporter(descriptor: canReport ? ChildProcess.messageDescriptor : nil)
                do throws(IngestError) {
                    result = .document(try DocumentExtractor.extract(path: file) { reporter.report($0) })
                } catch {
                    result = .failure(error)
                }
            }
        } catch {
            result = .failure(.noSandbox(error.reason))
        }
        ExtractionFrame.write(result, peakMemory: { PeakMemory.ofThisProcessAndItsChildren }, to: write)
        // Not exit: nothing that libraries want to do at the end is worth doing, nor allowed to fail.
        _exit(0)
    }

    private static func write(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(1, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { _exit(1) }
            rest = rest.dropFirst(count)
        }
    }
}

/// Sends progress to the parent, no oftener than it can be of use.
struct ProgressReporter {
    private let descriptor: Int32?
    private var last: (progress: ExtractionProgress, time: Duration)?
    /// At most four lines a second, so that a day of them stays within the parent's bound.
    private static let pause = Duration.milliseconds(250)

    init(descriptor: Int32?) { self.descriptor = descriptor }

    mutating func report(_ progress: ExtractionProgress) {
        guard let descriptor, progress != last?.progress else { return }
        let now = SystemTime().elapsed
        // What gives more time must not wait, nor the end.
        if let last, now - last.time < Self.pause, progress.pagesToRecognise <= last.progress.pagesToRecognise,
            progress.pagesDone < progress.pagesTotal
        {
            return
        }
        last = (progress, now)
        guard var line = try? Array(JSONEncoder().encode(progress)) else { return }
        line.append(UInt8(ascii: "\n"))
        // Shorter than PIPE_BUF, and so written whole or not at all.
        _ = write(descriptor, line, line.count)
    }
}

/// The most memory that was resident at once.
enum PeakMemory {
    /// In bytes: of this process, or of the largest of the children that it has waited for.
    ///
    /// Not what wait4(2) tells the parent: exec keeps the peak of the memory that the child shared with its parent when it
    /// was spawned, so that a child of a large server seems as large as the server.
    static var ofThisProcessAndItsChildren: Int {
        var children = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &children)
        return max(ofThisProcess, Int(children.ru_maxrss) << 10)
    }

    /// In bytes; 0 when it cannot be read.
    private static var ofThisProcess: Int { (ProcessStatus.words("VmHWM").first.flatMap { Int($0) } ?? 0) << 10 }
}
