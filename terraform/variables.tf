# --- What and where

variable "name" {
  description = "Prefix of every resource's name."
  type        = string
  default     = "gepeto"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.name))
    error_message = "The name is 2 to 20 lower-case letters, digits and hyphens and begins with a letter (a load balancer's name has 32 at most)."
  }
}

variable "region" {
  description = "AWS region, for example sa-east-1."
  type        = string
  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "That is no AWS region; one looks like sa-east-1."
  }
}

variable "profile" {
  description = "small: one task with SQLite on EFS; medium and large: API and worker tasks on SQS, DynamoDB, Redis and S3. README.md has what each costs."
  type        = string
  default     = "small"
  validation {
    condition     = contains(["small", "medium", "large"], var.profile)
    error_message = "Profiles are small, medium and large."
  }
}

variable "sizes" {
  description = "Figures that differ from the profile's, by role: all (small), api, worker. CPU units (1024 is one core), MiB, tasks."
  type = map(object({
    cpu    = optional(number)
    memory = optional(number)
    min    = optional(number)
    max    = optional(number)
  }))
  default = {}
  validation {
    condition     = alltrue([for role in keys(var.sizes) : contains(["all", "api", "worker"], role)])
    error_message = "Roles are all (in small), api and worker."
  }
  validation {
    condition     = alltrue([for size in values(var.sizes) : size.cpu == null ? true : contains([256, 512, 1024, 2048, 4096, 8192], size.cpu)])
    error_message = "Fargate offers 256, 512, 1024, 2048, 4096 or 8192 CPU units here."
  }
  validation {
    # The documents' extractor may take 512 MiB beside the service.
    condition     = alltrue([for size in values(var.sizes) : size.memory == null ? true : size.memory >= 1024 && size.memory % 1024 == 0])
    error_message = "Memory is whole GiB, in MiB: 1024 at least, and between 2 and 8 times the CPU units."
  }
  validation {
    condition     = alltrue([for size in values(var.sizes) : try(size.min, null) == null ? true : size.min >= 1 && size.min <= coalesce(size.max, size.min)])
    error_message = "There is at least one task of each role, and max is not below min."
  }
  validation {
    condition     = var.profile != "small" || try(coalesce(var.sizes["all"].max), 1) == 1 && try(coalesce(var.sizes["all"].min), 1) == 1
    error_message = "The small profile is exactly one task: two machines on the same SQLite files would damage them."
  }
}

variable "image_tag" {
  description = "Tag of the image in the repository made here: a version or a commit, never a moving tag."
  type        = string
  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "Name a fixed tag, not latest: a task that restarts must come back as the same program."
  }
}

# --- Address

variable "domain" {
  description = "The host people type, tutor.example.org. The service refuses requests for another. Without it: plain HTTP under the load balancer's name, for trials."
  type        = string
  default     = null
  validation {
    condition     = var.domain == null ? true : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", var.domain))
    error_message = "The domain is a host name in lower case, without https://, path or port."
  }
}

variable "zone_id" {
  description = "Route 53 zone of the domain; then its record and, without certificate_arn, its certificate are made here."
  type        = string
  default     = null
  validation {
    condition     = var.zone_id == null ? true : var.domain != null
    error_message = "A zone without a domain has no use; set domain too."
  }
}

variable "certificate_arn" {
  description = "ACM certificate for the domain, in the same region. Not needed with zone_id."
  type        = string
  default     = null
  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "That is no ACM certificate; its ARN looks like arn:aws:acm:REGION:ACCOUNT:certificate/ID."
  }
  validation {
    condition     = var.domain == null || var.zone_id != null || var.certificate_arn != null
    error_message = "A domain needs a certificate: give certificate_arn, or zone_id so that one can be made."
  }
}

variable "web_target_group_arn" {
  description = "Target group that serves the page (/*) in the place of the service's own."
  type        = string
  default     = null
}

variable "allowed_cidrs" {
  description = "Who may reach the load balancer."
  type        = list(string)
  default     = ["0.0.0.0/0"]
  validation {
    condition     = length(var.allowed_cidrs) > 0 && alltrue([for block in var.allowed_cidrs : can(cidrhost(block, 0))])
    error_message = "Each entry is a CIDR block such as 10.0.0.0/8."
  }
}

variable "waf" {
  description = "Whether a firewall for floods and known attackers stands before the load balancer (about 8 USD a month)."
  type        = bool
  default     = false
}

variable "waf_requests_per_5_minutes" {
  description = "Requests from one address in five minutes before it is blocked for a while; a campus may be one address."
  type        = number
  default     = 30000
  validation {
    condition     = var.waf_requests_per_5_minutes >= 100
    error_message = "The firewall counts 100 requests at least."
  }
}

variable "vpc_cidr" {
  description = "Address block of the network made here."
  type        = string
  default     = "10.42.0.0/20"
  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 1)) && can(cidrhost(var.vpc_cidr, 300))
    error_message = "The network needs an IPv4 block of at least /23 that can be cut in sixteen."
  }
}

# --- The program

variable "llm" {
  description = "Language models in the order they are tried; extractive quotes the course and needs no key."
  type        = list(string)
  default     = ["groq", "extractive"]
  validation {
    condition     = length(var.llm) > 0 && alltrue([for one in var.llm : contains(["groq", "openai", "anthropic", "extractive"], one)])
    error_message = "Models are groq, openai, anthropic and extractive."
  }
}

variable "jwt_issuer" {
  description = "The `iss` that tokens must have; null for the public address."
  type        = string
  default     = null
}

variable "jwt_audience" {
  description = "The `aud` that tokens must have."
  type        = string
  default     = "gepeto"
}

variable "settings" {
  description = "Further settings of the program, by name (`gepeto serve --help`). No secrets: those go to secrets."
  type        = map(string)
  default     = {}
  validation {
    condition     = alltrue([for name in keys(var.settings) : can(regex("^(GEPETO|OTEL|GROQ|OPENAI|ANTHROPIC)_[A-Z0-9_]+$", name)) && !endswith(name, "_API_KEY") && !endswith(name, "_SECRET") && !endswith(name, "_HEADERS")])
    error_message = "Settings are GEPETO_…, OTEL_… or a provider's …_MODEL and …_BASE_URL; keys and secrets belong into secrets."
  }
}

variable "secrets" {
  description = "Environment variable to the name of its SecureString in SSM Parameter Store. See README.md for making them."
  type        = map(string)
  default = {
    GEPETO_JWT_SECRET = "/gepeto/GEPETO_JWT_SECRET"
    GROQ_API_KEY      = "/gepeto/GROQ_API_KEY"
  }
  validation {
    condition     = alltrue([for parameter in values(var.secrets) : can(regex("^/[A-Za-z0-9_./-]+$", parameter))])
    error_message = "A parameter's name is a path such as /gepeto/GROQ_API_KEY."
  }
  validation {
    condition     = alltrue([for parameter in values(var.secrets) : !startswith(parameter, "/${var.name}/made/")])
    error_message = "Parameters below made/ are Terraform's own."
  }
  validation {
    condition     = contains(keys(var.secrets), "GEPETO_JWT_SECRET")
    error_message = "GEPETO_JWT_SECRET is needed: behind a load balancer the service only starts with GEPETO_AUTH=jwt."
  }
}

variable "secrets_key_arn" {
  description = "KMS key of the parameters when it is not the account's own aws/ssm key."
  type        = string
  default     = null
}

variable "secrets_path" {
  description = "Path below which the program itself reads secrets (GEPETO_SECRETS=ssm:…), again and again. null: ECS gives them at the start."
  type        = string
  default     = null
  validation {
    condition     = var.secrets_path == null ? true : can(regex("^(/[A-Za-z0-9_.-]+)+$", var.secrets_path))
    error_message = "A path looks like /gepeto/prod."
  }
}

# --- Data

variable "data_key_arn" {
  description = "KMS key for table, bucket, files and Redis; null for the services' own keys (encrypted either way)."
  type        = string
  default     = null
}

variable "cache" {
  description = "Redis: node type and number of nodes (2 for a standby in the other zone), when they differ from the profile's."
  type        = object({ node_type = optional(string), nodes = optional(number) })
  default     = {}
  validation {
    condition     = try(var.cache.nodes, null) == null ? true : var.cache.nodes >= 1 && var.cache.nodes <= 6
    error_message = "Redis has 1 to 6 nodes."
  }
}

variable "cache_token_parameter" {
  description = "SecureString with the password of Redis: 16 to 128 letters and digits. Not used by small."
  type        = string
  default     = "/gepeto/REDIS_TOKEN"
}

variable "max_receive_count" {
  description = "Receives of a message before SQS puts it aside: well above GEPETO_JOB_ATTEMPTS (5), for workers give jobs up themselves."
  type        = number
  default     = 20
  validation {
    condition     = var.max_receive_count >= 20 && var.max_receive_count <= 1000
    error_message = "Between 20 and 1000: each try of a job and each look at a message whose job somebody else has is one receive, so with fewer, ordinary retries and restarts would already end there."
  }
}

variable "former_version_days" {
  description = "Days for which deleted and replaced objects can be brought back; what people erase is gone after them."
  type        = number
  default     = 30
  validation {
    condition     = var.former_version_days >= 1
    error_message = "At least a day."
  }
}

variable "durable" {
  description = "small only: true keeps the data on EFS; false on the task's own disk, gone with the task (for trials)."
  type        = bool
  default     = true
}

variable "backup" {
  description = "small only: whether AWS Backup keeps daily copies of the file system."
  type        = bool
  default     = true
}

variable "ephemeral_gib" {
  description = "Size of a task's own disk in GiB: temporary files, and copies of course files."
  type        = number
  default     = 21
  validation {
    condition     = var.ephemeral_gib >= 21 && var.ephemeral_gib <= 200
    error_message = "Fargate's own disk is 21 to 200 GiB."
  }
}

# --- Scaling, watching

variable "api_cpu_target" {
  description = "Average CPU of the API tasks, in per cent, that the scaling aims at."
  type        = number
  default     = 60
}

variable "worker_age_target_seconds" {
  description = "Age of the oldest waiting question, divided by the workers, that the scaling aims at."
  type        = number
  default     = 2
}

variable "queue_age_alarm_seconds" {
  description = "Questions that wait longer than this raise an alarm."
  type        = number
  default     = 10
}

variable "alarm_emails" {
  description = "Who is told of alarms; each address gets a mail to confirm."
  type        = list(string)
  default     = []
}

variable "container_insights" {
  description = "Whether ECS writes figures of each task (about 2 USD a month and task)."
  type        = bool
  default     = false
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 7
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731 days."
  }
}

# --- Deploying

variable "images_kept" {
  description = "Images kept in the repository, to go back to."
  type        = number
  default     = 10
}

variable "github_repository" {
  description = "owner/name of the repository whose workflow may deploy; null for none."
  type        = string
  default     = null
  validation {
    condition     = var.github_repository == null ? true : can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github_repository))
    error_message = "The repository is owner/name."
  }
}

variable "github_environment" {
  description = "Environment at GitHub in which the deploying job runs."
  type        = string
  default     = "production"
}

variable "github_provider_arn" {
  description = "GitHub's identity provider when the account has it already (there can be one only)."
  type        = string
  default     = null
}

variable "codecommit_repository" {
  description = "CodeCommit repository that the deploying job may mirror to."
  type        = string
  default     = null
}

variable "allow_exec" {
  description = "Whether staff with the right to may open a shell in a task. The root file system is then writable, because the agent needs that."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether load balancer and table refuse to be deleted, and the bucket while it has objects."
  type        = bool
  default     = true
}

# --- The variant with API Gateway

variable "gateway" {
  description = "Whether POST /chat and a WebSocket are offered by API Gateway and a function too."
  type        = bool
  default     = false
  validation {
    condition     = !var.gateway || var.profile != "small" && var.secrets_path != null
    error_message = "The gateway needs the medium or large profile, and secrets_path: a function reads its secrets itself."
  }
}

variable "gateway_image_tag" {
  description = "Tag of the function's image (lambda/Dockerfile) in the same repository; null for lambda- and image_tag."
  type        = string
  default     = null
}
