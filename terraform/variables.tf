variable "name" {
  description = "Prefix of every resource's name."
  type        = string
  default     = "gepeto"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.name))
    error_message = "The name is 2 to 21 lower-case letters, digits and hyphens and begins with a letter (a load balancer's name has 32 at most)."
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

variable "public_url" {
  description = "The address people type. The service refuses requests whose Host or Origin is another."
  type        = string
  validation {
    condition     = can(regex("^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", var.public_url))
    error_message = "The public address is https:// and a host name, without a path, port or closing slash."
  }
}

variable "certificate_arn" {
  description = "ACM certificate for the host of public_url, in the same region."
  type        = string
  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "That is no ACM certificate; its ARN looks like arn:aws:acm:REGION:ACCOUNT:certificate/ID."
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

variable "cpu" {
  description = "CPU units of the task; 1024 is one core."
  type        = number
  default     = 1024
  validation {
    condition     = contains([512, 1024, 2048, 4096, 8192], var.cpu)
    error_message = "Fargate offers 512, 1024, 2048, 4096 or 8192 CPU units here."
  }
}

variable "memory" {
  description = "Memory of the task in MiB."
  type        = number
  default     = 2048
  validation {
    # The documents' extractor may take 512 MiB beside the service.
    condition     = var.memory >= 2 * var.cpu && var.memory <= 8 * var.cpu && var.memory % 1024 == 0
    error_message = "Fargate wants whole GiB, between 2 and 8 MiB for each CPU unit."
  }
}

variable "durable" {
  description = "true keeps the data on EFS; false on the task's own disk, gone with the task (for trials)."
  type        = bool
  default     = true
}

variable "backup" {
  description = "Whether AWS Backup keeps daily copies of the file system."
  type        = bool
  default     = true
}

variable "ephemeral_gib" {
  description = "Size of the task's own disk in GiB when durable is false."
  type        = number
  default     = 21
  validation {
    condition     = var.ephemeral_gib >= 21 && var.ephemeral_gib <= 200
    error_message = "Fargate's own disk is 21 to 200 GiB."
  }
}

variable "llm" {
  description = "Language models in the order they are tried; extractive quotes the course and needs no key."
  type        = list(string)
  default     = ["groq", "extractive"]
  validation {
    condition     = length(var.llm) > 0 && alltrue([for one in var.llm : contains(["groq", "openai", "anthropic", "extractive"], one)])
    error_message = "Models are groq, openai, anthropic and extractive."
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
    condition     = contains(keys(var.secrets), "GEPETO_JWT_SECRET")
    error_message = "GEPETO_JWT_SECRET is needed: behind a load balancer the service only starts with GEPETO_AUTH=jwt."
  }
}

variable "secrets_key_arn" {
  description = "KMS key of the parameters when it is not the account's own aws/ssm key."
  type        = string
  default     = null
}

variable "jwt_issuer" {
  description = "The `iss` that tokens must have."
  type        = string
}

variable "jwt_audience" {
  description = "The `aud` that tokens must have."
  type        = string
  default     = "gepeto"
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

variable "vpc_cidr" {
  description = "Address block of the network made here."
  type        = string
  default     = "10.42.0.0/20"
  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 1)) && can(cidrhost(var.vpc_cidr, 300))
    error_message = "The network needs an IPv4 block of at least /23 that can be cut in sixteen."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731 days."
  }
}

variable "allow_exec" {
  description = "Whether staff with the right to may open a shell in the task, for instance to load a course."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to be deleted."
  type        = bool
  default     = true
}
