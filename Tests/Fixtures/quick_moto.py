"""Makes moto's DynamoDB quick enough for thousands of items, without changing what it answers. For `moto_server.py`.

moto copies the whole table before each transaction, sorts all items for each query and tries four names for each attribute of an
answer. Here a transaction keeps what it touches, a query looks at its own partition, of the table or of an index, and simple
attributes go as they are. Right only for calls that come one after the other (`Atomic`).
"""

import copy

from moto import backends
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

SIMPLE = {"S": str, "N": str, "BOOL": bool, "NULL": bool}


class Index:
    """The items of a table by each attribute that an index asks for, and its value."""

    def __init__(self, table):
        self.table, self.places, self.entries = table, {}, {}
        self.names = [key["AttributeName"] for index in table.all_indexes() for key in index.schema if key["KeyType"] == "HASH"]

    def update(self, place):
        for entry in self.entries.pop(place, []):
            self.places[entry].pop(place)
        item = self.table.get_item(*place)
        if item is not None:
            self.entries[place] = [(name, item.attrs[name].value) for name in self.names if name in item.attrs]
            for entry in self.entries[place]:
                self.places.setdefault(entry, {})[place] = item


def place_in(table, key):
    """Partition and place that a key or an item names; None for what is no table with both."""
    if table and table.range_key_attr and {table.hash_key_attr, table.range_key_attr} <= key.keys():
        if not hasattr(table, "quick"):
            table.quick = Index(table)
        return DynamoType(key[table.hash_key_attr]), DynamoType(key[table.range_key_attr])


def install():
    whole_write, whole_query, all_items = DynamoDBBackend.transact_write_items, Table.query, Table.all_items
    structure, modules = BaseJSONSerializer._serialize_type_structure, list(backends.list_of_moto_modules())

    def transact_write_items(self, transact_items):
        before = []
        for entry in transact_items:
            op = next(iter(entry.values()))
            table = self.tables.get(op.get("TableName"))
            place = place_in(table, op.get("Key") or op.get("Item") or {})
            if place:
                before.append((table, place, copy.deepcopy(table.get_item(*place))))
        try:
            return whole_write(self, transact_items)
        except Exception:
            for table, (partition, place), item in before:
                if item is not None:
                    table.items[partition][place] = item
                else:
                    table.items[partition].pop(place, None)
                table.quick.update((partition, place))
            raise

    def noted(change):
        def changed(self, table_name, key, *arguments, **more):
            try:
                return change(self, table_name, key, *arguments, **more)
            finally:
                table = self.tables.get(table_name)
                place = place_in(table, key)
                if place:
                    table.quick.update(place)
        return changed

    def query(self, hash_key, *arguments, **more):
        # In an index the attribute and its value; else the partition.
        self.looked_for = more["hash_key_conditions"][0] if arguments[6] else (None, hash_key)
        try:
            return whole_query(self, hash_key, *arguments, **more)
        finally:
            self.looked_for = None

    def items_looked_for(self):
        looked_for = getattr(self, "looked_for", None)
        if not looked_for or not self.range_key_attr:
            return all_items(self)
        name, value = looked_for
        if name is None:
            return list(self.items.get(value, {}).values())
        quick = getattr(self, "quick", None)
        return list(quick.places.get((name, value.value), {}).values()) if quick else []

    def serialize(self, serialized, value, shape, key):
        if shape.name == "AttributeValue" and key and type(value) is dict and len(value) == 1:
            kind, content = next(iter(value.items()))
            if kind in SIMPLE and type(content) is SIMPLE[kind]:
                serialized[key] = value
                return
        structure(self, serialized, value, shape, key)

    DynamoDBBackend.transact_write_items = transact_write_items
    for name in ("put_item", "update_item", "delete_item"):
        setattr(DynamoDBBackend, name, noted(getattr(DynamoDBBackend, name)))
    # What is rolled back is put back above.
    Table.__deepcopy__ = lambda self, memo: self
    Table.query, Table.all_items = query, items_looked_for
    BaseJSONSerializer._serialize_type_structure = serialize
    backends.list_of_moto_modules = lambda: modules
