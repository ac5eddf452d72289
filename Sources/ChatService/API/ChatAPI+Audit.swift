import Support

extension ChatAPI {
    /// Records what staff changed, when it is changed. A change that cannot be recorded is made all the same, and logged.
    /// - Parameters:
    ///   - subject: whom or what it was done to; the course when there is nothing else.
    ///   - details: ids, numbers and names of settings only.
    func audit(
        _ action: String, by caller: Caller, in course: CourseID?, subject: String? = nil,
        details: [String: String] = [:]
    ) async {
        let entry = AuditEntry(
            at: ports.time.now, actor: caller.user, action: action, course: course,
            subject: subject ?? course?.name ?? "", details: details)
        do {
            try await ports.audit.record(entry)
        } catch {
            ports.log.error("a change was not recorded", ["action": action, "error": error.label])
        }
    }
}
