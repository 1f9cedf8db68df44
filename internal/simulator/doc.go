// Package simulator is the renting service Clore.ai as a server of its own: a market, accounts,
// orders that come up and end, a limiter, real sshd, and an oracle that tells what truly
// happened. It knows nothing of the client in this module and shares no type with it, so that
// a field which the client misreads shows.
//
// It refuses what the real service was seen to refuse and is as unpleasant: statuses that do
// not fit their codes, a create_order without the order's number, orders that appear seconds
// later. Where nothing is known of the real service the comments say so.
//
// # Use
//
// A test makes one with [New], adds an account and gives the client [Simulator.Transport]; that
// works inside a testing/synctest bubble, where [Simulator.Run] lets days pass in no time. A
// demonstration uses [Start], which listens on loopback and gives every order a real SSH port.
// [Main] is the command.
//
// # Control
//
// [Simulator.Control] scripts a simulator over HTTP. Bodies are JSON, durations are written
// like "2.5s" or "never", and an answer without content has status 204.
//
//	POST   /faults         a [Fault]: {"endpoint":"create_order","kind":"reset","executed":true,"count":2}
//	DELETE /faults         forget all faults and hostile texts
//	POST   /scripts        an [OrderScript]: {"server":88028,"count":1,"visible":"4s","shell":"never","hidden":false,"outbid":"frozen"}
//	POST   /servers/{id}   {"online":false} {"rented":true} {"price_factor":1.5}
//	POST   /orders/{id}    {"outbid":"vanish"} or {"end":"a reason"}
//	POST   /accounts       {"balances":{"USD-Blockchain":5},"hosts":2} answers {"api_key":"…"}
//	POST   /accounts/{key} {"balances":{"USD-Blockchain":0}} or {"revoked":true}
//	POST   /hostile        a [Hostile]: {"text":"@everyone","fields":["cpu"],"endpoint":"my_orders"}
//	GET    /payloads       texts worth trying there
//	GET    /oracle         a [Truth]
package simulator
