# The data folder on a file system that outlives the task. One access point: the task sees its own folder only, and
# every file belongs to the user the image runs as.

locals {
  uid = 10001
}

resource "aws_efs_file_system" "data" {
  count           = var.durable ? 1 : 0
  creation_token  = var.name
  encrypted       = true
  throughput_mode = "elastic"
  tags            = { Name = var.name }
}

resource "aws_efs_backup_policy" "data" {
  count          = var.durable && var.backup ? 1 : 0
  file_system_id = aws_efs_file_system.data[0].id
  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_efs_access_point" "data" {
  count          = var.durable ? 1 : 0
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
  count           = var.durable ? 2 : 0
  file_system_id  = aws_efs_file_system.data[0].id
  subnet_id       = aws_subnet.public[count.index].id
  security_groups = [aws_security_group.files[0].id]
}

data "aws_iam_policy_document" "files" {
  count = var.durable ? 1 : 0
  statement {
    sid       = "OnlyTheTaskOnlyEncrypted"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.data[0].arn]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.task.arn]
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
  count          = var.durable ? 1 : 0
  file_system_id = aws_efs_file_system.data[0].id
  policy         = data.aws_iam_policy_document.files[0].json
}

resource "aws_security_group" "files" {
  count       = var.durable ? 1 : 0
  name        = "${var.name}-files"
  description = "Task to the file system"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "files_from_task" {
  count                        = var.durable ? 1 : 0
  security_group_id            = aws_security_group.files[0].id
  description                  = "NFS"
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

resource "aws_vpc_security_group_egress_rule" "task_to_files" {
  count                        = var.durable ? 1 : 0
  security_group_id            = aws_security_group.task.id
  description                  = "NFS"
  referenced_security_group_id = aws_security_group.files[0].id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}
