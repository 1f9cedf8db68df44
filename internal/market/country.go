package market

import "strings"

// countries lists the codes of ISO 3166-1.
const countries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ " +
	"BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE " +
	"EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR " +
	"HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS " +
	"LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL " +
	"NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI " +
	"SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY " +
	"UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "

// EU stands for all countries of the European Union in [Query.In] and [Query.NotIn]. It is no code
// of a country.
const EU = "EU"

// union lists the members of the European Union.
const union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"

// country returns the code of a country or of the European Union in upper case, or false when there
// is no such place.
func country(word string) (string, bool) {
	cc := strings.ToUpper(word)
	switch cc {
	case "UK":
		cc = "GB"
	case "USA":
		cc = "US"
	}
	return cc, cc == EU || len(cc) == 2 && among(countries, cc)
}

// packed makes numbers of the codes. The Union is its members, and itself: some hosts are placed in
// it and no nearer.
func packed(codes []string) []uint16 {
	var all []uint16
	for _, cc := range codes {
		all = append(all, pack(cc))
		if cc != EU {
			continue
		}
		for member := range strings.FieldsSeq(union) {
			all = append(all, pack(member))
		}
	}
	return all
}

// pack makes a number of a code; 0 for none.
func pack(cc string) uint16 {
	if len(cc) != 2 {
		return 0
	}
	return uint16(cc[0])<<8 | uint16(cc[1])
}
