# Who may speak to whom: people -> load balancer -> tasks -> { HTTPS, files, Redis }. Nothing else.

resource "aws_security_group" "load_balancer" {
  name        = "${var.name}-load-balancer"
  description = "People to the load balancer"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group" "task" {
  for_each    = local.services
  name        = "${each.value.name}-task"
  description = each.value.is_public ? "Load balancer to the task" : "Nobody to the task"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "people" {
  for_each          = { for pair in setproduct(var.allowed_cidrs, local.is_https ? [80, 443] : [80]) : "${pair[0]} ${pair[1]}" => pair }
  security_group_id = aws_security_group.load_balancer.id
  description       = local.is_https ? "HTTPS, and HTTP to be sent on to it" : "HTTP, for trials without a domain"
  cidr_ipv4         = each.value[0]
  ip_protocol       = "tcp"
  from_port         = each.value[1]
  to_port           = each.value[1]
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_task" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "Requests and health checks"
  referenced_security_group_id = aws_security_group.task[local.front].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_ingress_rule" "task_from_load_balancer" {
  security_group_id            = aws_security_group.task[local.front].id
  description                  = "Requests and health checks"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_egress_rule" "task_to_https" {
  for_each          = local.services
  security_group_id = aws_security_group.task[each.key].id
  description       = "Language models, image, logs, secrets, queue, table, documents"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# --- The data folder of `small`

resource "aws_security_group" "files" {
  count       = local.is_files ? 1 : 0
  name        = "${var.name}-files"
  description = "Task to the file system"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "files_from_task" {
  count                        = local.is_files ? 1 : 0
  security_group_id            = aws_security_group.files[0].id
  description                  = "NFS"
  referenced_security_group_id = aws_security_group.task["all"].id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

resource "aws_vpc_security_group_egress_rule" "task_to_files" {
  count                        = local.is_files ? 1 : 0
  security_group_id            = aws_security_group.task["all"].id
  description                  = "NFS"
  referenced_security_group_id = aws_security_group.files[0].id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

# --- Redis

resource "aws_security_group" "cache" {
  count       = local.is_cloud ? 1 : 0
  name        = "${var.name}-cache"
  description = "Tasks to Redis"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "cache_from_task" {
  for_each                     = local.is_cloud ? local.services : {}
  security_group_id            = aws_security_group.cache[0].id
  description                  = "Redis over TLS"
  referenced_security_group_id = aws_security_group.task[each.key].id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_vpc_security_group_egress_rule" "task_to_cache" {
  for_each                     = local.is_cloud ? local.services : {}
  security_group_id            = aws_security_group.task[each.key].id
  description                  = "Redis over TLS"
  referenced_security_group_id = aws_security_group.cache[0].id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}
