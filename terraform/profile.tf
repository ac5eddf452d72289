# What a profile means, in one place. `small` is one task with everything inside it, its SQLite files on EFS; the others
# are API and worker tasks on SQS, DynamoDB, Redis and S3. Any figure can be changed by `sizes` without leaving a profile.

locals {
  profiles = {
    small = {
      all = { cpu = 256, memory = 1024, min = 1, max = 1 }
    }
    medium = {
      api    = { cpu = 512, memory = 1024, min = 2, max = 4 }
      worker = { cpu = 1024, memory = 2048, min = 2, max = 8 }
    }
    large = {
      api    = { cpu = 1024, memory = 2048, min = 3, max = 12 }
      worker = { cpu = 2048, memory = 4096, min = 4, max = 40 }
    }
  }
  caches = {
    small  = { node_type = null, nodes = 0 }
    medium = { node_type = "cache.t4g.micro", nodes = 2 }
    large  = { node_type = "cache.m7g.large", nodes = 2 }
  }

  # Several tasks need what several machines can share.
  is_cloud = var.profile != "small"
  is_files = !local.is_cloud && var.durable

  services = {
    for role, standard in local.profiles[var.profile] : role => {
      name   = role == "all" ? var.name : "${var.name}-${role}"
      cpu    = try(coalesce(var.sizes[role].cpu), standard.cpu)
      memory = try(coalesce(var.sizes[role].memory), standard.memory)
      min    = try(coalesce(var.sizes[role].min), standard.min)
      max    = try(coalesce(var.sizes[role].max), standard.max)
      # Whoever answers HTTP stands behind the load balancer.
      is_public = role != "worker"
    }
  }
  front = local.is_cloud ? "api" : "all"

  port         = 8000
  metrics_port = 9464
  uid          = 10001
}
