/// `open` mode: whoever reaches the server is its one local user, its administrator. Only for servers on a loopback address.
package struct OpenAuthenticator: Authenticator {
    package init() {}

    package func authenticate(token: String?) async throws -> Principal { Principal(user: .local, standing: .admin) }
}
