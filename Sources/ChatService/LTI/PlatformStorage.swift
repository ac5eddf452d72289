/// Where a platform keeps a value for a tool that its browser lets keep nothing (LTI client side postMessages, platform
/// storage): a frame of the platform, and the only origin a message to it may reach.
struct PlatformStorage: Encodable, Sendable, Equatable {
    /// The frame's name, or `_parent`.
    let frame: String
    let origin: String
    let key: String

    init(frame: String, of platform: PlatformRegistration, key: String) {
        self.frame = frame
        // The specification names the authorization endpoint's origin.
        origin = WebOrigin(of: platform.authorizationURL)?.text ?? ""
        self.key = key
    }
}
