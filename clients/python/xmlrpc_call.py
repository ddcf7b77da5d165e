"""Everlytic over XML-RPC with Python's own client.

python3 xmlrpc_call.py BASE_URL METHOD PARAMS, the parameters being a list in JSON
"""

import json
import os
import sys
import xmlrpc.client

base, method, params = sys.argv[1].rstrip("/"), sys.argv[2], json.loads(sys.argv[3])
user = os.environ.get("API_USERNAME", "demo")
key = os.environ.get("API_KEY", "0123456789abcdef0123456789ABCDEF_1")
url = base.replace("://", f"://{user}:{key}@") + "/api/2.0/xmlrpc/"
server = xmlrpc.client.ServerProxy(url)
try:
    if method == "multicall":
        calls = xmlrpc.client.MultiCall(server)
        for name, *arguments in params:
            getattr(calls, name)(*arguments)
        result = list(calls())
    else:
        result = getattr(server, method)(*params)
    print(json.dumps({"result": result}))
except xmlrpc.client.Fault as fault:
    print(json.dumps({"fault": fault.faultCode, "message": fault.faultString}))
except xmlrpc.client.ProtocolError as error:
    print(json.dumps({"status": error.errcode}))
