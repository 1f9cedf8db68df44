package simulator

// captured returns servers that were seen on the real market, so that a client meets their
// oddities whatever the seed: three entries of 2024 as they were, and those of July 2026.
func captured() []*server {
	list := []*server{
		{entry: entry{
			ID: 25769, Owner: 2097, MRL: 72,
			Price:  coins(0.0003, 110, 0.00029, 100),
			Specs:  specs{Board: "PRIME Z270-A", CPU: "Genuine Intel(R) CPU 0000 @ 2.10GHz", CPUs: "8/16", RAM: 15.9378, Disk: "SPCCx20Solidx20Statex 96.8613GB", DiskSpeed: 408.94, GPU: "8x NVIDIA GeForce RTX 3090", Memory: 24, Net: network{Country: "RU", Down: 793.6513633638132, Up: 836.2059642447158}, Backend: 9, PCIeRev: 2, PCIeWidth: 1, Power: []int{250, 265, 265, 255, 250, 260, 255, 250}},
			Coins:  []string{btc, clore},
			OC:     true,
			CUDA:   "12.4",
			Rating: rating{},
		}},
		{entry: entry{
			ID: 25756, Owner: 9177, MRL: 72,
			Price:       coins(0.00007, 17, 0.000061, 16),
			Specs:       specs{Board: "B650M DS3H", CPU: "AMD Ryzen 9 7900X 12-Core Processor", CPUs: "12/24", RAM: 31.2286, Disk: "DGSM3512GM23T 456.0399GB", DiskSpeed: 2860.51, GPU: "1x NVIDIA GeForce RTX 4090", Memory: 24, Net: network{Country: "RU", Down: 88.86240416895164, Up: 89.17683352054453}, Backend: 9, PCIeRev: 4, PCIeWidth: 16, Power: []int{450}},
			Reliability: 0.0357,
			Coins:       []string{btc, clore},
			Rating:      rating{1, 1},
			CUDA:        "12.2",
		}, stranger: true},
		{entry: entry{
			ID: 25726, Owner: 9262, MRL: 72,
			Price:       pricing{OnDemand: map[string]float64{btc: 0.01}, Spot: map[string]float64{btc: 0.01}},
			Specs:       specs{Board: "X10DRG-OT-CPU", CPU: "Intel(R) Xeon(R) CPU E5-2699 v3 @ 2.30GHz", CPUs: "36/72", RAM: 773.9011, Disk: "SPCCx20Solidx20Statex 3654.7038GB", DiskSpeed: 170.78, GPU: "10x NVIDIA RTX A4500", Memory: 20, Net: network{Country: "US", Down: 307.37177804905724, Up: 63.16618368619365}, Backend: 9, PCIeRev: 3, PCIeWidth: 16, Power: []int{185, 185, 185, 185, 185, 185, 185, 185, 185, 185}},
			Reliability: 0.0714,
			Coins:       []string{btc},
			CUDA:        "12.4",
		}},
		recent(88028, 2288, 168, "RTX 3090", "US", 2, 0.00003122, 1600.42, 1, rating{4.64, 44}),
		recent(100890, 5120, 72, "RTX 3090", "US", 3.4, 0.00005307, 2720.7, 1, rating{4.8, 21}),
		recent(88411, 2288, 72, "RTX 3090", "UA", 3, 0.00004683, 2400.62, 0.9967, rating{4.1, 12}),
		recent(110776, 7001, 1440, "RTX 4090", "TW", 1.5, 0.00002341, 1200.31, 0.9912, rating{5, 2}),
		recent(111444, 7413, 72, "RTX 4090", "US", 10, 0.00015609, 8002.07, 0.42, rating{}),
		// The USD price of this one is far below its others, and create_order refuses USD.
		recent(31148, 4410, 72, "RTX 4090", "RU", 1.61, 0.00006243, 3201.1, 0.8778, rating{3.9, 31}),
	}
	for _, s := range list {
		switch s.ID {
		case 88028:
			s.Specs = specs{Board: "2129", CPU: "Intel(R) Xeon(R) CPU E5-2699C v4 @ 2.20GHz", CPUs: "44/88", RAM: 128.8107, GPU: "1x NVIDIA GeForce RTX 3090", Memory: 24, Disk: "2320 102.4688GB", DiskSpeed: 31.54, Net: network{Up: 29.35, Down: 106.23, Country: "US", History: []string{"S|1760764742|52.74|26.21", "S|1760790482|60.91|42.1", "S|1761801007|106.23|29.35"}}, Backend: 21, PCIeRev: 3, PCIeWidth: 16, XFS: 1, Power: []int{350}}
		case 88411:
			s.web = 0 // the app never answered in any of five trials
		case 31148:
			s.refused = []string{usd}
		}
	}
	return list
}

func coins(onBTC, onClore, spotBTC, spotClore float64) pricing {
	return pricing{
		OnDemand: map[string]float64{btc: onBTC, clore: onClore},
		Spot:     map[string]float64{btc: spotBTC, clore: spotClore},
	}
}

// recent composes an entry of 2026 with a single card. Its price stays as it was seen.
func recent(id, owner int64, mrl int, card, country string, onUSD, onBTC, onClore, reliability float64, r rating) *server {
	return &server{
		entry: entry{
			ID: id, Owner: owner, MRL: mrl,
			Price: pricing{
				OnDemand: map[string]float64{btc: onBTC, clore: onClore, usd: onUSD},
				Spot:     map[string]float64{btc: round(onBTC*0.7, 8), clore: round(onClore*0.7, 2), usd: round(onUSD*0.7, 2)},
				USD:      &equivalents{},
			},
			Specs: specs{
				Board: "ROMED8-2T", CPU: "AMD EPYC 7502P 32-Core Processor", CPUs: "32/64", RAM: 125.6542,
				Disk: "Samsungx20SSDx20980x20PROx201TB 412.1188GB", DiskSpeed: 2210.4, GPU: "1x NVIDIA GeForce " + card, Memory: 24,
				Net:     network{Up: 311.2, Down: 604.81, Country: country, History: []string{"S|1760764742|590.1|300.2"}},
				Backend: 21, PCIeRev: 4, PCIeWidth: 16, XFS: 1, Power: []int{400},
			},
			Reliability: reliability, Rating: r, CUDA: "13.0", GPUs: []string{" " + card},
			Coins: []string{btc, clore, usd},
		},
		usd: onUSD, floor: 0.7, web: 0.9,
	}
}
