// Package market keeps one snapshot of Clore's marketplace for everybody, and answers questions
// about it: which servers fit a query, what they cost, how a price compares.
//
// # The query language
//
// A query is a line of words in any order and any case; spaces around operators do no harm.
//
//	2x4090 <0.35/h vram>=48 rel>98 cuda>=12.4 cc=DE,NL !CN net>200 spot sort:gb$
//
// Words:
//
//	4090  rtx4090  RTX 4090  a100  3060ti   a model; several mean any of them
//	2x4090  4090x2  2x 4090                 so many cards
//	4090 laptop  4090d  a100 sxm  24gb      variants: "4090" alone is the desktop card and neither
//	                                        the laptop one nor the 4090 D; memory of a card
//	<0.35  <8/d  price=0.1..0.3  <99clore/d  price an hour (or a day) for the whole server, in USD
//	                                        unless a coin is named: then it is the price in that coin
//	vram vramgpu gpus rel cuda net up disk dspeed ram cpu pcie lanes rating hours days
//	                                        with < <= > >= = or a range (vram=24..48); "vram 48"
//	                                        is at least so much
//	cc=DE,NL  DE  !CN  cc!=CN,RU  cc=EU     countries, or the European Union
//	host=9177                               servers of a host
//	spot  all                               spot offers; rented servers too
//	pay=usd  pay=clore,usd                  coins to pay with, the first that the server takes
//	sort:price  sort:-price                 or rel, vram, net, perf, new, gb$, rating, ram, disk, cuda, gpus, name
//
// A bare price, as in "0.35/h", is an upper bound. The sign of the euro is read like that of the
// dollar, since Clore has no euro. Memory of cards is nominal: one that reports 79 GB counts as
// one of 80.
package market
