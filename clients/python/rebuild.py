"""Makes records through the client that is generated from the description of the native API: each line of standard input
is {"one": "customer", "many": "customers", "body": {…}}, and each line of standard output the record that was made.

python rebuild.py ADDRESS TOKEN; the package native_client must be importable.
"""

import json
import sys
from importlib import import_module

from native_client import AuthenticatedClient, models

api = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
for line in sys.stdin:
    record = json.loads(line)
    one, many = record["one"], record["many"]
    taken = getattr(models, "".join(word.capitalize() for word in one.split("_")) + "Input")
    create = import_module(f"native_client.api.{many}.create_{one}")
    answer = create.sync_detailed(client=api, body=taken.from_dict(record["body"]))
    if answer.status_code != 201:
        sys.exit(f"{one}: {answer.content.decode()}")
    print(json.dumps(answer.parsed.to_dict()), flush=True)
