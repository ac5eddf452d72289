extension OpenAPIDocument {
    static let courseSchemas: [String: JSONValue] = [
        "Course": Schema.object([
            "id": Schema.course, "title": Schema.text, "documents": Schema.count, "chunks": Schema.count,
        ]),
        "Search": Schema.object([
            "course": Schema.course, "query": Schema.text,
            "passages": Schema.list(
                Schema.object([
                    "rank": Schema.count, "documentId": Schema.text, "title": Schema.text, "page?": Schema.count,
                    "lastPage?": Schema.count, "pageUnit?": Schema.choice(["page", "slide"]), "section?": Schema.text,
                    "place?": Schema.text, "ocr?": Schema.flag, "url": Schema.text, "text": Schema.text,
                    "score": Schema.said("Comparable within one search only.", Schema.number),
                    "similarity?": Schema.said("Cosine with the query.", Schema.number),
                    "hidden?": Schema.said(
                        "For staff: why students do not see it.", Schema.choice(["unreleased", "not_quotable"])),
                    "parts?": Schema.said(
                        "For staff: what the score is made of; the four add up to it.",
                        Schema.object([
                            "lexical": Schema.number, "vector": Schema.number, "sentence": Schema.number,
                            "window": Schema.number,
                        ])),
                ]), most: 50),
        ]),
        "Report": Schema.object([
            "pages?": Schema.count, "pagesRead?": Schema.count, "emptyPages": Schema.list(Schema.count),
            "recognisedPages": Schema.list(Schema.count), "pageUnit": Schema.choice(["page", "slide"]),
            "characters": Schema.count, "chunks": Schema.count, "warnings": Schema.list(Schema.text),
            "seconds": Schema.number, "extractionSeconds": Schema.number, "peakMemory": Schema.count,
            "selfCheck": Schema.object(["sentences": Schema.count, "found": Schema.count]),
        ]),
        "Document": Schema.object([
            "documentId": Schema.text, "course": Schema.course, "name": Schema.text,
            "state": Schema.choice(DocumentStage.self), "label?": Schema.text, "reason?": Schema.text,
            "jobId?": Schema.id, "bytes": Schema.count, "updatedAt": Schema.seconds, "title?": Schema.text,
            "mediaType?": Schema.text, "pages?": Schema.count, "chunks?": Schema.count, "warningCount?": Schema.count,
            "url": Schema.text, "warnings?": Schema.list(Schema.text), "report?": Schema.ref("Report"),
            "hidden?": Schema.said("Why students do not see it.", Schema.choice(["unreleased", "not_quotable"])),
            "live?": Schema.said(
                "While an upload is open or failed: the version that students still see.",
                Schema.object([
                    "contentHash": Schema.text, "title": Schema.text, "pages?": Schema.count, "chunks": Schema.count,
                    "ingestedAt": Schema.seconds, "warnings?": Schema.list(Schema.text),
                    "report?": Schema.ref("Report"),
                ])),
        ]),
        "Documents": Schema.object([
            "documents": Schema.list(Schema.ref("Document"), most: 1_000), "total": Schema.count,
            "nextCursor?": Schema.cursor,
        ]),
        "AcceptedDocument": Schema.object([
            "documentId": Schema.text, "jobId": Schema.id, "sessionId": Schema.id, "traceId": Schema.id,
            "course": Schema.course, "name": Schema.text, "status": Schema.choice(["queued"]),
            "timestamp": Schema.seconds,
            "hidden?": Schema.said("Why students will not see it.", Schema.choice(["unreleased", "not_quotable"])),
        ]),
        "KnownDocument": Schema.object([
            "documentId": Schema.text, "course": Schema.course, "name": Schema.text,
            "status": Schema.choice(["duplicate"]), "detail": Schema.text,
            "duplicateOf": Schema.object(["documentId": Schema.text, "name": Schema.text]),
        ]),
        "Chunks": Schema.object([
            "documentId": Schema.text, "total": Schema.count, "nextCursor?": Schema.cursor,
            "chunks": Schema.list(
                Schema.object([
                    "number": Schema.count, "text": Schema.text, "tokens": Schema.count, "page?": Schema.count,
                    "lastPage?": Schema.count, "section?": Schema.text, "place?": Schema.text, "ocr?": Schema.flag,
                ]), most: 100),
        ]),
        "DeadLetter": Schema.object([
            "jobId": Schema.id, "course": Schema.course, "user": Schema.text, "conversationId?": Schema.id,
            "sessionId": Schema.id, "traceId": Schema.id, "mode?": Schema.choice(AnswerMode.self),
            "code": Schema.choice(JobErrorCode.self), "cause": Schema.text, "failures": Schema.list(Schema.text),
            "tries": Schema.count, "acceptedAt": Schema.seconds, "diedAt": Schema.seconds, "redriveOf?": Schema.id,
            "redrivenAs?": Schema.id, "question?": Schema.text,
        ]),
    ]
}
