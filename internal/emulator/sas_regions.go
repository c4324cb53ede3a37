package emulator

// sasRegions returns the regions a registry may be added in, with names in the
// language asked for (Chinese unless it is "en"). Regions of the state have
// one name only.
func sasRegions(st *store, lang string) []SASRegion {
	if len(st.state.SAS.Regions) > 0 {
		return st.state.SAS.Regions
	}
	var out []SASRegion
	for _, region := range sasBuiltInRegions() {
		name := region.chinese
		if lang == "en" {
			name = region.english
		}
		out = append(out, SASRegion{RegionID: region.id, RegionName: name})
	}
	return out
}

// listSASRegions is ListImageRegistryRegion.
func listSASRegions(c *call, st *store) (reply, error) {
	p := c.sasParams()
	lang := p.text("Lang", false, "zh", "en")
	if err := p.err(); err != nil {
		return reply{}, err
	}
	regions := []map[string]any{}
	for _, region := range sasRegions(st, lang) {
		regions = append(regions, map[string]any{"RegionId": region.RegionID, "RegionName": region.RegionName})
	}
	return ok(c.sasList("Regions", regions)), nil
}

type namedRegion struct{ id, english, chinese string }

// sasBuiltInRegions are public regions of both data centers.
func sasBuiltInRegions() []namedRegion {
	return []namedRegion{
		{"cn-hangzhou", "China (Hangzhou)", "华东1（杭州）"},
		{"cn-shanghai", "China (Shanghai)", "华东2（上海）"},
		{"cn-nanjing", "China (Nanjing)", "华东5（南京）"},
		{"cn-fuzhou", "China (Fuzhou)", "华东6（福州）"},
		{"cn-qingdao", "China (Qingdao)", "华北1（青岛）"},
		{"cn-beijing", "China (Beijing)", "华北2（北京）"},
		{"cn-zhangjiakou", "China (Zhangjiakou)", "华北3（张家口）"},
		{"cn-huhehaote", "China (Hohhot)", "华北5（呼和浩特）"},
		{"cn-wulanchabu", "China (Ulanqab)", "华北6（乌兰察布）"},
		{"cn-shenzhen", "China (Shenzhen)", "华南1（深圳）"},
		{"cn-heyuan", "China (Heyuan)", "华南2（河源）"},
		{"cn-guangzhou", "China (Guangzhou)", "华南3（广州）"},
		{"cn-chengdu", "China (Chengdu)", "西南1（成都）"},
		{"cn-hongkong", "China (Hong Kong)", "中国香港"},
		{"ap-southeast-1", "Singapore", "新加坡"},
		{"ap-southeast-3", "Malaysia (Kuala Lumpur)", "马来西亚（吉隆坡）"},
		{"ap-southeast-5", "Indonesia (Jakarta)", "印度尼西亚（雅加达）"},
		{"ap-southeast-6", "Philippines (Manila)", "菲律宾（马尼拉）"},
		{"ap-southeast-7", "Thailand (Bangkok)", "泰国（曼谷）"},
		{"ap-northeast-1", "Japan (Tokyo)", "日本（东京）"},
		{"ap-northeast-2", "South Korea (Seoul)", "韩国（首尔）"},
		{"eu-central-1", "Germany (Frankfurt)", "德国（法兰克福）"},
		{"eu-west-1", "UK (London)", "英国（伦敦）"},
		{"us-east-1", "US (Virginia)", "美国（弗吉尼亚）"},
		{"us-west-1", "US (Silicon Valley)", "美国（硅谷）"},
		{"me-east-1", "UAE (Dubai)", "阿联酋（迪拜）"},
	}
}
