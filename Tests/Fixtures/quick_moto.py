"""Makes moto's DynamoDB quick enough for thousands of items, without changing what it answers. For `moto_server.py`.

moto copies the whole table before each transaction, sorts all items for each query and tries four names for each attribute of an
answer. Here a transaction keeps what it touches, a query looks at its own partition, and simple attributes go as they are.
Right only for calls that come one after the other (`Atomic`).
"""

import copy

from moto import backends
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

SIMPLE = {"S": str, "N": str, "BOOL": bool, "NULL": bool}


def install():
    whole_write, whole_query, all_items = DynamoDBBackend.transact_write_items, Table.query, Table.all_items
    structure, modules = BaseJSONSerializer._serialize_type_structure, list(backends.list_of_moto_modules())

    def transact_write_items(self, transact_items):
        before = []
        for entry in transact_items:
            op = next(iter(entry.values()))
            table, key = self.tables.get(op.get("TableName")), op.get("Key") or op.get("Item") or {}
            if table and table.range_key_attr and {table.hash_key_attr, table.range_key_attr} <= key.keys():
                place = DynamoType(key[table.hash_key_attr]), DynamoType(key[table.range_key_attr])
                before.append((table, place, copy.deepcopy(table.get_item(*place))))
        try:
            return whole_write(self, transact_items)
        except Exception:
            for table, (partition, place), item in before:
                if item is not None:
                    table.items[partition][place] = item
                else:
                    table.items[partition].pop(place, None)
            raise

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
        return [item for partition in self.items.values() for item in partition.values()
                if name in item.attrs and item.attrs[name].value == value.value]

    def serialize(self, serialized, value, shape, key):
        if shape.name == "AttributeValue" and key and type(value) is dict and len(value) == 1:
            kind, content = next(iter(value.items()))
            if kind in SIMPLE and type(content) is SIMPLE[kind]:
                serialized[key] = value
                return
        structure(self, serialized, value, shape, key)

    DynamoDBBackend.transact_write_items = transact_write_items
    # What is rolled back is put back above.
    Table.__deepcopy__ = lambda self, memo: self
    Table.query, Table.all_items = query, items_looked_for
    BaseJSONSerializer._serialize_type_structure = serialize
    backends.list_of_moto_modules = lambda: modules
