import Support

extension S3 {
    /// One line of a listing.
    package struct Listed: Sendable, Equatable {
        package let key: String
        package let size: Int64
        package let etag: String
        package let modifiedAt: Timestamp?
    }

    /// A page of a listing.
    package struct Listing: Sendable, Equatable {
        /// In the order of their keys' bytes.
        package let objects: [Listed]
        /// To be given as `after` for the next page; nil after the last.
        package let end: String?
    }

    /// The objects whose keys begin with `prefix`, a thousand at a time at most.
    package func list(
        _ prefix: String, most: Int = 1_000, after: String? = nil, deadline: Duration? = nil
    ) async throws -> Listing {
        var query = [
            (name: "list-type", value: "2"), ("prefix", prefix), ("max-keys", "\(most)"),
            // A key may have characters that XML cannot carry.
            ("encoding-type", "url"),
        ]
        if let after { query.append(("continuation-token", after)) }
        let request = request("ListObjectsV2", .get, "", query: query)
        return try await client.send(request, deadline: deadline ?? usual) { response in
            let bytes = try await response.body.collect(upTo: request.responseLimit)
            guard let document = try? S3Document(bytes), document.root == "ListBucketResult" else {
                throw unreadable("ListObjectsV2", response.status)
            }
            let objects = try document.all("Contents").map { entry in
                // Encoded as in a form, where a plus sign is a space.
                guard let key = entry["Key"].flatMap({ PercentEncoding.decode($0.replacing("+", with: "%20")) }) else {
                    throw unreadable("ListObjectsV2", response.status)
                }
                return Listed(
                    key: key, size: entry["Size"].flatMap { Int64($0) } ?? 0, etag: entry["ETag"] ?? "",
                    modifiedAt: entry["LastModified"].flatMap(AWSDate.rfc3339))
            }
            let isLast = document["IsTruncated"] != "true"
            return Listing(objects: objects, end: isLast ? nil : document["NextContinuationToken"])
        }
    }
}
