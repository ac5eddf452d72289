extension OpenAPIDocument {
    static let people: [APIOperation] = [
        APIOperation(
            method: .get, pattern: "/api/auth/notice", name: "notice", group: "account",
            about: "What to know before signing in: how, who sees a question, how long it is kept",
            answers: [
                200: .json(
                    "It.",
                    Schema.object([
                        "mode": Schema.choice(["open", "jwt"]), "localAccounts": Schema.flag,
                        "providers": Schema.list(Schema.text), "retentionDays": Schema.orNull(Schema.count),
                    ]))
            ]),
        APIOperation(
            method: .post, pattern: "/api/auth/login", name: "login", group: "account", about: "Sign in",
            more: "One and the same refusal for an unknown user and a wrong password.",
            body: [
                body(
                    ["user": secret, "password": secret], example: ["user": "ana", "password": "correct horse battery"])
            ],
            answers: [200: .json("Signed in.", Schema.ref("SignedIn"))], problems: signingIn),
        APIOperation(
            method: .post, pattern: "/api/auth/refresh", name: "refresh", group: "account",
            about: "The next access token; the refresh token is good once", body: [body(["refreshToken": secret])],
            answers: [200: .json("Signed in.", Schema.ref("SignedIn"))], problems: signingIn),
        APIOperation(
            method: .post, pattern: "/api/auth/logout", name: "logout", group: "account", about: "Sign out",
            body: [body(["refreshToken": secret])], answers: [204: .none("Signed out.")], problems: signingIn),
        APIOperation(
            method: .post, pattern: "/api/auth/password", name: "changePassword", group: "account",
            about: "Change one's password; other sign-ins end", body: [body(["current": secret, "new": secret])],
            answers: [204: .none("Changed.")], problems: [404, 409, 422, 429]),
        APIOperation(
            method: .get, pattern: "/api/auth/me", name: "me", group: "account", about: "Who the caller is",
            answers: [
                200: .json(
                    "They.",
                    Schema.object([
                        "id": Schema.text, "name": Schema.text, "standing": standing, "mustChangePassword": Schema.flag,
                        "courses": Schema.list(
                            Schema.object(["id": Schema.course, "title": Schema.text, "role": role])),
                    ]))
            ]),
        APIOperation(
            method: .get, pattern: "/api/account/export", name: "exportAccount", group: "account",
            about: "All that is kept of the caller, as one file", answers: [200: .json("The file.", export)]),
        APIOperation(
            method: .delete, pattern: "/api/account", name: "deleteAccount", group: "account",
            about: "Erase all that is kept of the caller",
            more: "Who has an account here shows the password; anybody else says `\"confirm\": true`.",
            body: [body(["password?": Schema.text, "confirm?": Schema.flag], example: ["confirm": true])],
            answers: [204: .none("It is gone.")], problems: [404, 429]),
        APIOperation(
            method: .post, pattern: "/api/invitations/{code}", name: "acceptInvitation", group: "account",
            about: "Join by an invitation",
            more: "Who is signed in joins; anybody else makes an account with it and is then signed in.",
            body: [
                APIOperation.Body(
                    schema: Schema.object(
                        ["user?": Schema.text, "name?": Schema.orNull(Schema.text), "password?": Schema.text],
                        isOpen: true),
                    isRequired: false)
            ],
            answers: [
                200: .json(
                    "Joined.",
                    [
                        "anyOf": [
                            Schema.ref("SignedIn"), Schema.object(["course": Schema.course, "role": role]),
                        ]
                    ])
            ], problems: [401, 409, 422, 429, 503]),
        APIOperation(
            method: .get, pattern: "/api/users", name: "users", group: "account", about: "The accounts of this server",
            query: APIOperation.page + [APIOperation.limit(1...1_000, default: 200)],
            answers: [
                200: .json(
                    "A page.",
                    Schema.object([
                        "users": Schema.list(
                            Schema.object([
                                "id": Schema.text, "name": Schema.text, "standing": standing,
                                "mustChangePassword": Schema.flag, "createdAt": Schema.seconds,
                            ])), "nextCursor?": Schema.cursor,
                    ]))
            ], problems: [404]),
        APIOperation(
            method: .post, pattern: "/api/users", name: "addUser", group: "account", about: "Make an account",
            body: [
                body([
                    "user": secret, "name?": Schema.orNull(Schema.text), "standing?": Schema.orNull(standing),
                    "password?": Schema.orNull(Schema.text),
                ])
            ],
            answers: [
                201: .json(
                    "It is there.",
                    Schema.object(["id": Schema.text, "standing": standing, "temporaryPassword?": Schema.text]))
            ], problems: [404, 409, 422]),
        APIOperation(
            method: .delete, pattern: "/api/users/{user}", name: "eraseUser", group: "account",
            about: "Erase a user with all that is kept of them", answers: [204: .none("They are gone.")]),
        APIOperation(
            method: .get, pattern: "/api/users/{user}/export", name: "exportUser", group: "account",
            about: "All that is kept of a user, as one file", answers: [200: .json("The file.", export)]),
    ]

    static let members: [APIOperation] = [
        APIOperation(
            method: .patch, pattern: "/api/courses/{course}", name: "renameCourse", group: "courses",
            about: "Give a course another title", body: [body(["title": Schema.text(1...120)])],
            answers: [200: .json("Renamed.", Schema.ref("Course"))]),
        APIOperation(
            method: .delete, pattern: "/api/courses/{course}", name: "deleteCourse", group: "courses",
            about: "Delete a course for good; its maker or an administrator", answers: [204: .none("It is gone.")],
            problems: [409]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/members", name: "members", group: "courses",
            about: "Who belongs to a course", query: APIOperation.page + [APIOperation.limit(1...1_000, default: 200)],
            answers: [
                200: .json(
                    "A page.",
                    Schema.object([
                        "members": Schema.list(
                            Schema.object([
                                "user": Schema.text, "name?": Schema.text, "role": role, "addedAt": Schema.seconds,
                            ])), "nextCursor?": Schema.cursor,
                    ]))
            ]),
        APIOperation(
            method: .put, pattern: "/api/courses/{course}/members", name: "enrol", group: "courses",
            about: "Add members, or change their roles",
            more: "As CSV: columns user, name, role. Who has no account yet gets one, where accounts are kept here.",
            body: [
                body(
                    [
                        "members": Schema.list(
                            Schema.object(
                                ["user": Schema.text, "name?": Schema.orNull(Schema.text), "role": role], isOpen: true))
                    ], example: ["members": [["user": "ana", "name": "Ana", "role": "student"]]]),
                APIOperation.Body(
                    type: "text/csv", schema: ["type": "string", "examples": ["user,name,role\nana,Ana,student\n"]]),
            ],
            answers: [
                200: .json(
                    "They belong to it.",
                    Schema.object([
                        "added": Schema.count, "changed": Schema.count, "unchanged": Schema.count,
                        "accounts": Schema.list(
                            Schema.object(["user": Schema.text, "temporaryPassword": Schema.text])),
                    ]))
            ], problems: [409, 422]),
        APIOperation(
            method: .delete, pattern: "/api/courses/{course}/members/{user}", name: "removeMember", group: "courses",
            about: "Take somebody out of a course", answers: [204: .none("They are out.")],
            problems: [409]),
        APIOperation(
            method: .post, pattern: "/api/courses/{course}/members/{user}/password", name: "resetPassword",
            group: "courses", about: "A new password for a student, to be changed at once",
            answers: [200: .json("It.", Schema.object(["temporaryPassword": Schema.text]))]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/invitations", name: "invitations", group: "courses",
            about: "The invitations that are still good, without their codes",
            answers: [200: .json("They.", Schema.object(["invitations": Schema.list(Schema.ref("Invitation"))]))]),
        APIOperation(
            method: .post, pattern: "/api/courses/{course}/invitations", name: "invite", group: "courses",
            about: "Make an invitation; its code is shown once",
            body: [
                body([
                    "role?": Schema.orNull(role),
                    "expiresInHours?": Schema.orNull(Schema.whole(1...8_760, default: 168)),
                    "uses?": Schema.orNull(Schema.whole(1...10_000, default: 1)),
                ])
            ], answers: [201: .json("It is there.", Schema.ref("Invitation"))], problems: [409]),
        APIOperation(
            method: .delete, pattern: "/api/courses/{course}/invitations/{id}", name: "withdrawInvitation",
            group: "courses", about: "Withdraw an invitation", answers: [204: .none("It is good no more.")]),
        APIOperation(
            method: .get, pattern: "/api/courses/{course}/audit", name: "audit", group: "courses",
            about: "What staff changed, the last one first",
            query: APIOperation.page + [APIOperation.limit(1...200, default: 50)],
            answers: [
                200: .json(
                    "A page.",
                    Schema.object([
                        "entries": Schema.list(
                            Schema.object([
                                "at": Schema.seconds, "actor": Schema.text, "action": Schema.text,
                                "course?": Schema.course, "subject": Schema.text, "details": Schema.map(Schema.text),
                            ])), "nextCursor?": Schema.cursor,
                    ]))
            ]),
    ]

    static let peopleSchemas: [String: JSONValue] = [
        "SignedIn": Schema.object([
            "accessToken": Schema.text, "expiresIn": Schema.said("Seconds.", Schema.count), "refreshToken": Schema.text,
            "user": Schema.object(["id": Schema.text, "name": Schema.text, "standing": standing]),
            "mustChangePassword": Schema.flag,
        ]),
        "Invitation": Schema.object([
            "id": Schema.id, "code?": Schema.said("Once, to who made it.", Schema.text), "url?": Schema.text,
            "role": role, "expiresAt": Schema.seconds, "usesLeft": Schema.count,
        ]),
    ]

    private static let standing = Schema.choice(Standing.self)
    private static let role = Schema.choice(CourseRole.self)
    private static let secret: JSONValue = ["type": "string", "minLength": 1]
    /// No accounts here, wrong, too often, too busy.
    private static let signingIn = [401, 404, 422, 429, 503]
    private static let export = Schema.object(
        [
            "user": Schema.text, "exportedAt": Schema.seconds, "memberships": Schema.map(role),
            "conversations": Schema.list(["type": "object"]),
        ], isOpen: true)

    private static func body(
        _ fields: KeyValuePairs<String, JSONValue>, example: JSONValue? = nil
    ) -> APIOperation.Body { APIOperation.Body(schema: Schema.object(fields, isOpen: true), example: example) }
}
