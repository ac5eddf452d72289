# One table for conversations, jobs and the directory. Composite keys lead from a user to chats to messages; the one index
# serves the other direction. The program checks its form at the start: Sources/ChatAdapters/AWS/Table/TableSchema.swift.

resource "aws_dynamodb_table" "main" {
  count        = local.is_cloud ? 1 : 0
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"

  dynamic "attribute" {
    for_each = toset(["pk", "sk", "gpk", "gsk"])
    content {
      name = attribute.key
      type = "S"
    }
  }

  global_secondary_index {
    name            = "gsi1"
    hash_key        = "gpk"
    range_key       = "gsk"
    projection_type = "KEYS_ONLY"
  }

  # What is temporary carries the second at which it may go.
  ttl {
    attribute_name = "ttl"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  # Amazon's own key when none is given: encrypted either way.
  server_side_encryption {
    enabled     = true
    kms_key_arn = var.data_key_arn
  }

  deletion_protection_enabled = var.deletion_protection
}
