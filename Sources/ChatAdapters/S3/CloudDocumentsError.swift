import Support

/// Why originals and course files in S3 could not be used. AWS's own troubles come as `AWSError`.
package enum CloudDocumentsError: ExplainedError, Equatable {
    /// What was fetched is not what its name says.
    case damaged(key: String)
    /// The pointer of a course cannot be read.
    case unreadablePointer(CourseID)
    /// The snapshot was made by a newer version of the program.
    case newerVersion(CourseID, reason: String)
    /// The snapshot is of another embedding model, or not a course file.
    case unusable(CourseID, reason: String)
    /// Another process writes now.
    case superseded
    case noSuchCourse(CourseID)
    case courseExists(CourseID)
    /// A local file or folder could not be made, moved or removed.
    case folder(reason: String)

    package var label: String {
        switch self {
        case .damaged: "cloud_damaged"
        case .unreadablePointer: "cloud_unreadable_pointer"
        case .newerVersion: "cloud_newer_version"
        case .unusable: "cloud_unusable_course"
        case .superseded: "cloud_superseded"
        case .noSuchCourse: "cloud_no_such_course"
        case .courseExists: "cloud_course_exists"
        case .folder: "cloud_folder"
        }
    }

    package var description: String {
        switch self {
        case .damaged(let key):
            "The object \(key) in the bucket that GEPETO_DOCUMENTS names is damaged: its content is not what its name says. Restore an earlier version of it."
        case .unreadablePointer(let course):
            "The pointer of course '\(course)' in the bucket that GEPETO_DOCUMENTS names cannot be read: restore an earlier version of it, or run a newer gepeto."
        case .newerVersion(let course, let reason):
            "The course '\(course)' in S3 was written by a newer gepeto (\(reason)), and the version fetched before goes on: update this one."
        case .unusable(let course, let reason):
            "The course '\(course)' in S3 cannot be used here, and the version fetched before goes on: \(reason)"
        case .superseded:
            "Another process writes the courses now; what this one was doing is done again there."
        case .noSuchCourse(let course): "There is no course '\(course)' in the bucket that GEPETO_DOCUMENTS names."
        case .courseExists(let course): "There is a course '\(course)' already."
        case .folder(let reason):
            "A course file from S3 could not be put in GEPETO_DATA (\(reason)): check its free space and permissions."
        }
    }
}
