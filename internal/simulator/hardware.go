package simulator

type processor struct {
	name, cores string
	server      bool
}

func processors() []processor {
	return []processor{
		{"AMD Ryzen 9 7900X 12-Core Processor", "12/24", false},
		{"AMD Ryzen 9 5950X 16-Core Processor", "16/32", false},
		{"AMD Ryzen 7 5800X 8-Core Processor", "8/16", false},
		{"AMD Ryzen 5 3600 6-Core Processor", "6/12", false},
		{"13th Gen Intel(R) Core(TM) i7-13700K", "16/24", false},
		{"12th Gen Intel(R) Core(TM) i5-12400F", "6/12", false},
		{"Intel(R) Core(TM) i9-10900K CPU @ 3.70GHz", "10/20", false},
		{"Intel(R) Core(TM) i3-9100F CPU @ 3.60GHz", "4/4", false},
		{"Intel(R) Celeron(R) CPU G3930 @ 2.90GHz", "2/2", false},
		{"Genuine Intel(R) CPU 0000 @ 2.10GHz", "8/16", false},
		{"Intel(R) Xeon(R) CPU E5-2699C v4 @ 2.20GHz", "44/88", true},
		{"Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "28/56", true},
		{"Intel(R) Xeon(R) CPU E5-2699 v3 @ 2.30GHz", "36/72", true},
		{"Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz", "64/128", true},
		{"AMD EPYC 7742 64-Core Processor", "64/128", true},
		{"AMD EPYC 7502P 32-Core Processor", "32/64", true},
		{"AMD EPYC 9354 32-Core Processor", "64/128", true},
	}
}

func boards() []string {
	return []string{
		"B450 Steel Legend", "B650M DS3H", "PRIME Z270-A", "X10DRG-OT-CPU", "2129", "X99-F8",
		"ROG STRIX Z690-A GAMING WIFI D4", "B250 MINING EXPERT", "H510 Pro BTC+", "ROMED8-2T",
		"MZ32-AR0-00", "TUF GAMING B550-PLUS", "H110 Pro BTC+", "PRO Z790-P WIFI (MS-7E06)",
	}
}

// disks returns models as the service writes them, with x20 for a space; some are unknown.
func disks() []string {
	return []string{
		"SPCCx20Solidx20Statex", "DGSM3512GM23T", "2320", "Samsungx20SSDx20980x20PROx201TB", "",
		"KINGSTONx20SA400S37240G", "CT1000P3PSSD8", "WDx20Bluex20SN570x201TB", "GIGABYTEx20GP-GSM2NE3512GNTD",
		"NVMex20SSD", "ADATAx20SX8200PNP", "MICRON_7450_MTFDKCC3T8TFR",
	}
}

// countries returns where hosts are, each as often as it is common.
func countries() []string {
	return []string{
		"US", "US", "US", "US", "US", "RU", "RU", "RU", "RU", "UA", "UA", "DE", "DE", "CA", "CA", "KZ", "CZ",
		"PL", "RO", "BG", "FR", "NL", "SE", "NO", "FI", "TW", "VN", "KR", "JP", "CN", "TH", "TR", "AR", "BR",
		"GB", "ES", "IT", "GR", "HU", "BY", "GE", "AM", "IN", "AU", "EE", "LV", "LT",
	}
}

// drivers returns what cuda_version says, each as often as it is common.
func drivers() []string {
	return []string{
		"11.4", "11.7", "12.0", "12.2", "12.2", "12.4", "12.4", "12.4", "12.6", "12.7", "12.8", "12.8",
		"12.8", "12.9", "13.0", "13.0", "13.0",
	}
}
