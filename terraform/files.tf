# The data folder of `small`, on a file system that outlives the task. One access point: the task sees its own folder only,
# and every file belongs to the user the image runs as.

resource "aws_efs_file_system" "data" {
  count           = local.is_files ? 1 : 0
  creation_token  = var.name
  encrypted       = true
  kms_key_id      = var.data_key_arn
  throughput_mode = "elastic"
  tags            = { Name = var.name }
}

resource "aws_efs_backup_policy" "data" {
  count          = local.is_files && var.backup ? 1 : 0
  file_system_id = aws_efs_file_system.data[0].id
  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_efs_access_point" "data" {
  count          = local.is_files ? 1 : 0
  file_system_id = aws_efs_file_system.data[0].id
  posix_user {
    uid = local.uid
    gid = local.uid
  }
  root_directory {
    path = "/gepeto"
    creation_info {
      owner_uid   = local.uid
      owner_gid   = local.uid
      permissions = "0750"
    }
  }
}

resource "aws_efs_mount_target" "data" {
  count           = local.is_files ? 2 : 0
  file_system_id  = aws_efs_file_system.data[0].id
  subnet_id       = aws_subnet.inner[count.index].id
  security_groups = [aws_security_group.files[0].id]
}

data "aws_iam_policy_document" "files" {
  count = local.is_files ? 1 : 0
  statement {
    sid       = "OnlyTheTaskOnlyEncrypted"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.data[0].arn]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.task["all"].arn]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }
    condition {
      test     = "StringEquals"
      variable = "elasticfilesystem:AccessPointArn"
      values   = [aws_efs_access_point.data[0].arn]
    }
  }
}

resource "aws_efs_file_system_policy" "data" {
  count          = local.is_files ? 1 : 0
  file_system_id = aws_efs_file_system.data[0].id
  policy         = data.aws_iam_policy_document.files[0].json
}
