#!/usr/bin/env python3
"""An AWS stand-in for test.sh: moto's server, and the few calls of Terraform's AWS provider that moto lacks.

    python standin.py PORT          needs the PyPI package moto[server,all]

What is added answers as the service's reference says, and no further than the provider asks.
"""

import json
import os
import sys
import types

os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse, EmptyResult
from moto.server import main
from moto.sqs.models import Queue


def tags_of_scaling_targets():
    ApplicationAutoScalingResponse.list_tags_for_resource = lambda self: json.dumps({"Tags": {}})
    ApplicationAutoScalingResponse.tag_resource = lambda self: "{}"


def redrive_allow_policy():
    Queue.BASE_ATTRIBUTES.append("RedriveAllowPolicy")
    Queue.redrive_allow_policy = None
    plain = Queue._set_attributes

    def with_policy(self, attributes, now=None):
        plain(self, attributes, now)
        if "RedriveAllowPolicy" in attributes:
            self.redrive_allow_policy = attributes["RedriveAllowPolicy"] or None

    Queue._set_attributes = with_policy


def clusters_of_replication_groups():
    plain = ElastiCacheBackend.describe_cache_clusters

    def describe(self, cache_cluster_id=None):
        for group in self.replication_groups.values():
            if cache_cluster_id and cache_cluster_id.startswith(group.replication_group_id + "-"):
                cluster = types.SimpleNamespace(
                    cache_cluster_id=cache_cluster_id,
                    arn=f"arn:aws:elasticache:us-east-1:123456789012:cluster:{cache_cluster_id}",
                    engine=group.engine,
                    engine_version="7.1.0",
                    cache_cluster_status="available",
                    cache_node_type=getattr(group, "cache_node_type", "cache.t4g.micro"),
                    num_cache_nodes=1,
                    replication_group_id=group.replication_group_id,
                    cache_subnet_group_name=getattr(group, "cache_subnet_group_name", None),
                    cache_parameter_group={"CacheParameterGroupName": "gepeto", "ParameterApplyStatus": "in-sync"},
                    auto_minor_version_upgrade=True,
                    preferred_maintenance_window="sun:05:00-sun:06:00",
                )
                return [cluster]
        return plain(self, cache_cluster_id)

    ElastiCacheBackend.describe_cache_clusters = describe

    delete = ElastiCacheBackend.delete_replication_group

    def delete_now(self, *arguments, **named):
        group = delete(self, *arguments, **named)
        self.replication_groups.pop(group.replication_group_id, None)
        return group

    ElastiCacheBackend.delete_replication_group = delete_now


def subnet_groups_of_elasticache():
    def delete(self):
        self.elasticache_backend.cache_subnet_groups.pop(self._get_param("CacheSubnetGroupName"), None)
        return EmptyResult()

    ElastiCacheResponse.delete_cache_subnet_group = delete


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("usage: standin.py PORT")
    tags_of_scaling_targets()
    redrive_allow_policy()
    clusters_of_replication_groups()
    subnet_groups_of_elasticache()
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
