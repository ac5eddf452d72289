variable "name" {
  description = "Prefix of every resource's name."
  type        = string
}

variable "image" {
  description = "Image of the function, with its tag: Debian's Swift needs a container image, a zip would lack its C library."
  type        = string
}

variable "environment" {
  description = "Settings of the function; those that the platform reserves are left out."
  type        = map(string)
}

variable "policy" {
  description = "What the function may do beside its logs and its sockets, as a policy document."
  type        = string
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
}

variable "subnet_ids" {
  description = "Where the function gets its addresses: from there it reaches table, queue, secrets and Redis."
  type        = list(string)
}

variable "security_group_ids" {
  description = "What the function may speak to."
  type        = list(string)
}

variable "memory" {
  description = "Memory of the function in MiB; it gets CPU in proportion."
  type        = number
  default     = 512
}

variable "concurrency" {
  description = "Calls at once at most; -1 for the account's limit."
  type        = number
  default     = -1
}

variable "requests_per_second" {
  description = "Requests a second over all clients, with twice as many in a burst."
  type        = number
  default     = 50
}
