import Glibc
import Support

/// Why there is no backup; nothing of it is left then.
enum BackupError: ExplainedError, Equatable {
    case nothingToSave(data: String)
    case notEmpty(String)
    case notAFolder(String)
    case cannotWrite(String, errno: Int32)
    case cannotRead(String, errno: Int32)

    var label: String {
        switch self {
        case .nothingToSave: "nothing_to_save"
        case .notEmpty: "backup_folder_not_empty"
        case .notAFolder: "backup_folder_is_none"
        case .cannotWrite(_, let code): Self.isFull(code) ? "backup_disk_full" : "backup_not_written"
        case .cannotRead: "backup_source_not_read"
        }
    }

    var description: String {
        switch self {
        case .nothingToSave(let data):
            "there is neither a gepeto.sqlite nor a course in \(data); say which data folder with --data DIR."
        case .notEmpty(let folder):
            "\(folder) is not empty; name a new folder or an empty one. (A '.partial-…' in it was left by a backup that was "
                + "killed: delete it.)"
        case .notAFolder(let path): "\(path) is there and is no folder; name a new folder or an empty one."
        case .cannotWrite(let path, let code) where Self.isFull(code):
            "the disk of \(path) is full; make room or name a folder on another disk. Nothing was left there."
        case .cannotWrite(let path, let code):
            "\(path) cannot be written to (\(String(cString: strerror(code)))); check that the folder above it is there and "
                + "that this user may write in it. Nothing was left there."
        case .cannotRead(let path, let code):
            "\(path) cannot be read (\(String(cString: strerror(code)))); run this as the user who runs 'gepeto serve'. No "
                + "backup was made."
        }
    }

    static func isFull(_ code: Int32) -> Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }
}
