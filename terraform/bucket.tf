# Originals of documents and snapshots of course files.

resource "aws_s3_bucket" "documents" {
  count         = local.is_cloud ? 1 : 0
  bucket        = "${var.name}-documents-${local.account}-${var.region}"
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket_versioning" "documents" {
  count  = local.is_cloud ? 1 : 0
  bucket = aws_s3_bucket.documents[0].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "documents" {
  count                   = local.is_cloud ? 1 : 0
  bucket                  = aws_s3_bucket.documents[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "documents" {
  count  = local.is_cloud ? 1 : 0
  bucket = aws_s3_bucket.documents[0].id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "documents" {
  count  = local.is_cloud ? 1 : 0
  bucket = aws_s3_bucket.documents[0].id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.data_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.data_key_arn
    }
    bucket_key_enabled = var.data_key_arn != null
  }
}

# What was erased stays as a former version for so long, and no longer: the days that the operators promise people.
resource "aws_s3_bucket_lifecycle_configuration" "documents" {
  count  = local.is_cloud ? 1 : 0
  bucket = aws_s3_bucket.documents[0].id
  rule {
    id     = "former-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = var.former_version_days
    }
    expiration {
      expired_object_delete_marker = true
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
  depends_on = [aws_s3_bucket_versioning.documents]
}

data "aws_iam_policy_document" "documents" {
  count = local.is_cloud ? 1 : 0
  statement {
    sid       = "OnlyEncrypted"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.documents[0].arn, "${aws_s3_bucket.documents[0].arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "documents" {
  count      = local.is_cloud ? 1 : 0
  bucket     = aws_s3_bucket.documents[0].id
  policy     = data.aws_iam_policy_document.documents[0].json
  depends_on = [aws_s3_bucket_public_access_block.documents]
}
