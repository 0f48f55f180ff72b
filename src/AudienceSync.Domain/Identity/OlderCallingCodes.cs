namespace AudienceSync.Domain.Identity;

/// <summary>
/// How each country writes a telephone number: its calling code, the maximum number of digits of its subscriber numbers, and the prefix for
/// dialing within the country. Facts of ITU-T E.164 and of the national numbering plans; all of ISO 3166-1, and XK, AC, TA.
/// </summary>
internal static class OlderCallingCodes
{
    /// <summary>
    /// Country, calling code, the maximum number of digits of an ordinary fixed or mobile number without its trunk prefix.
    /// </summary>
    private const string Table = """
        AC247/5 AD376/9 AE971/9 AF93/9 AG1/10 AI1/10 AL355/9 AM374/8 AO244/9 AQ672/6 AR54/11 AS1/10 AT43/13 AU61/9 AW297/7
        AX358/10 AZ994/9 BA387/9 BB1/10 BD880/10 BE32/9 BF226/8 BG359/9 BH973/8 BI257/8 BJ229/10 BL590/9 BM1/10 BN673/7
        BO591/8 BQ599/7 BR55/11 BS1/10 BT975/8 BV47/8 BW267/8 BY375/9 BZ501/7 CA1/10 CC61/9 CD243/10 CF236/8 CG242/9 CH41/9
        CI225/10 CK682/5 CL56/9 CM237/9 CN86/11 CO57/10 CR506/8 CU53/10 CV238/7 CW599/8 CX61/9 CY357/8 CZ420/9 DE49/11
        DJ253/8 DK45/8 DM1/10 DO1/10 DZ213/9 EC593/9 EE372/8 EG20/10 EH212/9 ER291/7 ES34/9 ET251/9 FI358/10 FJ679/7 FK500/5
        FM691/7 FO298/6 FR33/9 GA241/8 GB44/10 GD1/10 GE995/9 GF594/9 GG44/10 GH233/9 GI350/8 GL299/6 GM220/9 GN224/9 GP590/9
        GQ240/9 GR30/10 GS500/5 GT502/8 GU1/10 GW245/9 GY592/7 HK852/8 HM672/6 HN504/8 HR385/9 HT509/8 HU36/9 ID62/12
        IE353/10 IL972/9 IM44/10 IN91/10 IO246/7 IQ964/10 IR98/10 IS354/9 IT39/11 JE44/10 JM1/10 JO962/9 JP81/10 KE254/9
        KG996/9 KH855/9 KI686/8 KM269/7 KN1/10 KP850/10 KR82/10 KW965/8 KY1/10 KZ7/10 LA856/10 LB961/8 LC1/10 LI423/9 LK94/9
        LR231/9 LS266/8 LT370/8 LU352/11 LV371/8 LY218/9 MA212/9 MC377/9 MD373/8 ME382/8 MF590/9 MG261/9 MH692/7 MK389/8
        ML223/8 MM95/10 MN976/10 MO853/8 MP1/10 MQ596/9 MR222/8 MS1/10 MT356/8 MU230/8 MV960/7 MW265/9 MX52/10 MY60/10
        MZ258/9 NA264/9 NC687/6 NE227/8 NF672/6 NG234/10 NI505/8 NL31/9 NO47/8 NP977/10 NR674/7 NU683/7 NZ64/10 OM968/8
        PA507/8 PE51/9 PF689/8 PG675/8 PH63/10 PK92/10 PL48/9 PM508/9 PN64/10 PR1/10 PS970/9 PT351/9 PW680/7 PY595/9 QA974/8
        RE262/9 RO40/9 RS381/9 RU7/10 RW250/9 SA966/9 SB677/7 SC248/7 SD249/9 SE46/9 SG65/8 SH290/5 SI386/8 SJ47/8 SK421/9
        SL232/8 SM378/10 SN221/9 SO252/9 SR597/7 SS211/9 ST239/7 SV503/8 SX1/10 SY963/9 SZ268/8 TA290/4 TC1/10 TD235/8
        TF262/9 TG228/8 TH66/9 TJ992/9 TK690/7 TL670/8 TM993/8 TN216/8 TO676/7 TR90/10 TT1/10 TV688/7 TW886/9 TZ255/9 UA380/9
        UG256/9 UM1/10 US1/10 UY598/8 UZ998/9 VA39/11 VC1/10 VE58/10 VG1/10 VI1/10 VN84/10 VU678/7 WF681/6 WS685/10 XK383/9
        YE967/9 YT262/9 ZA27/9 ZM260/9 ZW263/9
        """;

    /// <summary>Countries whose numbers may begin with a zero that is also dialed from abroad.</summary>
    private static readonly string[] ZeroKeepers = ["BF", "BJ", "CG", "CI", "GA", "IT", "SM", "TJ", "VA"];

    private static readonly CallingCode?[] ByCountry = new CallingCode?[26 * 26];

    /// <summary>The first country of a calling code stands for all that share it; they follow the same rule for the zero.</summary>
    private static readonly CallingCode?[] ByCode = new CallingCode?[1000];

    static OlderCallingCodes()
    {
        foreach (var token in Table.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var slash = token.IndexOf('/', StringComparison.Ordinal);
            var country = token[..2];
            var row = new CallingCode(
                token[2..slash],
                int.Parse(token.AsSpan(slash + 1)),
                TrunkOf(country),
                Array.IndexOf(ZeroKeepers, country) >= 0
            );
            ByCountry[Slot(country)] = row;
            ByCode[int.Parse(row.Digits)] ??= row;
        }
    }

    /// <summary>The row of a country by its ISO 3166-1 alpha-2 code in either case; null when there is no such country.</summary>
    public static CallingCode? OfCountry(ReadOnlySpan<char> country) =>
        country.Length == 2 && char.IsAsciiLetter(country[0]) && char.IsAsciiLetter(country[1]) ? ByCountry[Slot(country)] : null;

    /// <summary>
    /// The calling code at the beginning of an international number; null when there is none. No code is a prefix of another.
    /// </summary>
    public static CallingCode? OfNumber(ReadOnlySpan<char> digits)
    {
        var code = 0;
        for (var length = 1; length <= 3 && length <= digits.Length; length++)
        {
            code = (code * 10) + (digits[length - 1] - '0');
            if (ByCode[code] is { } row && row.Digits.Length == length)
            {
                return row;
            }
        }

        return null;
    }

    private static int Slot(ReadOnlySpan<char> country) => (((country[0] | 0x20) - 'a') * 26) + ((country[1] | 0x20) - 'a');

    private static string TrunkOf(string country) =>
        country switch
        {
            "BY" or "KZ" or "RU" or "TM" => "8",
            "HU" => "06",
            _ => "0",
        };
}

/// <summary>The numbering rules of one country.</summary>
internal sealed record CallingCode(string Digits, int LongestNational, string Trunk, bool KeepsZero)
{
    /// <summary>The North American plan: ten digits within it, eleven with the 1, and nothing else.</summary>
    public bool IsNorthAmerican => Digits is "1";
}
