// Everlytic over XML-RPC with the module "xmlrpc".
// node xmlrpc_call.js BASE_URL METHOD PARAMS, the parameters being a list in JSON

const xmlrpc = require('xmlrpc')

const [base, method, params] = process.argv.slice(2)
const client = xmlrpc.createClient({
  url: base.replace(/\/$/, '') + '/api/2.0/xmlrpc/',
  basic_auth: {
    user: process.env.API_USERNAME || 'demo',
    pass: process.env.API_KEY || '0123456789abcdef0123456789ABCDEF_1'
  }
})
client.methodCall(method, JSON.parse(params), (error, result) => {
  if (error) {
    console.log(JSON.stringify({ fault: error.faultCode, message: error.faultString || error.message }))
  } else {
    console.log(JSON.stringify({ result }))
  }
})
