# Redis: live events of sessions, rate limits, context. All of it may be lost: answers stand in the table. All of it has an
# end, so what the default parameters do when it is full (the least used of what has an end goes) is right.

# Made by hand like the other secrets. ElastiCache has no way to take it without Terraform's state seeing it: README.md.
data "aws_ssm_parameter" "cache_token" {
  count           = local.is_cloud ? 1 : 0
  name            = var.cache_token_parameter
  with_decryption = true
}

resource "aws_elasticache_subnet_group" "main" {
  count       = local.is_cloud ? 1 : 0
  name        = var.name
  description = "Without a way to the internet"
  subnet_ids  = aws_subnet.inner[*].id
}

locals {
  cache_node_type = coalesce(var.cache.node_type, local.caches[var.profile].node_type, "none")
  cache_nodes     = coalesce(var.cache.nodes, local.caches[var.profile].nodes)
  # As ElastiCache names them; their figures carry no other name.
  cache_node_names = local.is_cloud ? [for index in range(local.cache_nodes) : format("%s-%03d", var.name, index + 1)] : []
}

resource "aws_elasticache_replication_group" "main" {
  count                      = local.is_cloud ? 1 : 0
  replication_group_id       = var.name
  description                = "Live events of sessions"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = local.cache_node_type
  num_cache_clusters         = local.cache_nodes
  automatic_failover_enabled = local.cache_nodes > 1
  multi_az_enabled           = local.cache_nodes > 1
  subnet_group_name          = aws_elasticache_subnet_group.main[0].name
  security_group_ids         = [aws_security_group.cache[0].id]
  at_rest_encryption_enabled = true
  kms_key_id                 = var.data_key_arn
  transit_encryption_enabled = true
  auth_token                 = data.aws_ssm_parameter.cache_token[0].value
  auth_token_update_strategy = "ROTATE"
  auto_minor_version_upgrade = true
  maintenance_window         = "sun:05:00-sun:06:00"
  apply_immediately          = false
  snapshot_retention_limit   = 0
}
