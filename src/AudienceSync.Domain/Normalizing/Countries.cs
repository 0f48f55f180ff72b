using System.Collections.Frozen;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// The countries of ISO 3166-1 with XK, AC and TA: their codes, and the names that forms and shops send. The table is our own,
/// because normalizer versions are built on it and must not change with a library.
/// </summary>
public static class Countries
{
    /// <summary>Longer text is not a country.</summary>
    private const int MaxNameChars = 80;

    private const int LongestCode = 3;

    /// <summary>Alpha-2 and alpha-3, then names: letters a-z only, without accents, spaces and punctuation.</summary>
    private const string Table = """
        ACASC/ascensionisland/ascension ADAND/andorra AEARE/unitedarabemirates/uae AFAFG/afghanistan AGATG/antiguaandbarbuda
        AIAIA/anguilla ALALB/albania AMARM/armenia AOAGO/angola AQATA/antarctica ARARG/argentina ASASM/americansamoa
        ATAUT/austria/osterreich AUAUS/australia AWABW/aruba AXALA/alandislands/aland AZAZE/azerbaijan BABIH/bosniaandherzegovina/bosnia
        BBBRB/barbados BDBGD/bangladesh BEBEL/belgium/belgie/belgique BFBFA/burkinafaso BGBGR/bulgaria BHBHR/bahrain BIBDI/burundi
        BJBEN/benin BLBLM/saintbarthelemy BMBMU/bermuda BNBRN/brunei/bruneidarussalam BOBOL/bolivia/plurinationalstateofbolivia
        BQBES/bonairesinteustatiusandsaba/caribbeannetherlands BRBRA/brazil/brasil BSBHS/bahamas BTBTN/bhutan BVBVT/bouvetisland
        BWBWA/botswana BYBLR/belarus BZBLZ/belize CACAN/canada CCCCK/cocosislands/cocoskeelingislands
        CDCOD/democraticrepublicofthecongo/drcongo/congokinshasa/drc CFCAF/centralafricanrepublic
        CGCOG/congo/republicofthecongo/congobrazzaville CHCHE/switzerland/schweiz/suisse/svizzera CICIV/cotedivoire/ivorycoast
        CKCOK/cookislands CLCHL/chile CMCMR/cameroon CNCHN/china/peoplesrepublicofchina/prc COCOL/colombia CRCRI/costarica CUCUB/cuba
        CVCPV/caboverde/capeverde CWCUW/curacao CXCXR/christmasisland CYCYP/cyprus CZCZE/czechia/czechrepublic/cesko
        DEDEU/germany/deutschland/federalrepublicofgermany DJDJI/djibouti DKDNK/denmark/danmark DMDMA/dominica DODOM/dominicanrepublic
        DZDZA/algeria ECECU/ecuador EEEST/estonia/eesti EGEGY/egypt EHESH/westernsahara ERERI/eritrea ESESP/spain/espana ETETH/ethiopia
        FIFIN/finland/suomi FJFJI/fiji FKFLK/falklandislands FMFSM/micronesia/federatedstatesofmicronesia FOFRO/faroeislands
        FRFRA/france GAGAB/gabon
        GBGBR/unitedkingdom/uk/greatbritain/britain/unitedkingdomofgreatbritainandnorthernireland/england/scotland/wales/northernireland
        GDGRD/grenada GEGEO/georgia GFGUF/frenchguiana GGGGY/guernsey GHGHA/ghana GIGIB/gibraltar GLGRL/greenland GMGMB/gambia
        GNGIN/guinea GPGLP/guadeloupe GQGNQ/equatorialguinea GRGRC/greece/hellas GSSGS/southgeorgiaandthesouthsandwichislands
        GTGTM/guatemala GUGUM/guam GWGNB/guineabissau GYGUY/guyana HKHKG/hongkong HMHMD/heardislandandmcdonaldislands HNHND/honduras
        HRHRV/croatia/hrvatska HTHTI/haiti HUHUN/hungary/magyarorszag IDIDN/indonesia IEIRL/ireland/eire/republicofireland ILISR/israel
        IMIMN/isleofman ININD/india IOIOT/britishindianoceanterritory IQIRQ/iraq IRIRN/iran/islamicrepublicofiran ISISL/iceland/island
        ITITA/italy/italia JEJEY/jersey JMJAM/jamaica JOJOR/jordan JPJPN/japan KEKEN/kenya KGKGZ/kyrgyzstan KHKHM/cambodia
        KIKIR/kiribati KMCOM/comoros KNKNA/saintkittsandnevis KPPRK/northkorea/democraticpeoplesrepublicofkorea
        KRKOR/southkorea/korea/republicofkorea KWKWT/kuwait KYCYM/caymanislands KZKAZ/kazakhstan LALAO/laos/laopeoplesdemocraticrepublic
        LBLBN/lebanon LCLCA/saintlucia LILIE/liechtenstein LKLKA/srilanka LRLBR/liberia LSLSO/lesotho LTLTU/lithuania/lietuva
        LULUX/luxembourg LVLVA/latvia/latvija LYLBY/libya MAMAR/morocco MCMCO/monaco MDMDA/moldova/republicofmoldova MEMNE/montenegro
        MFMAF/saintmartin MGMDG/madagascar MHMHL/marshallislands MKMKD/northmacedonia/macedonia MLMLI/mali MMMMR/myanmar/burma
        MNMNG/mongolia MOMAC/macao/macau MPMNP/northernmarianaislands MQMTQ/martinique MRMRT/mauritania MSMSR/montserrat MTMLT/malta
        MUMUS/mauritius MVMDV/maldives MWMWI/malawi MXMEX/mexico MYMYS/malaysia MZMOZ/mozambique NANAM/namibia NCNCL/newcaledonia
        NENER/niger NFNFK/norfolkisland NGNGA/nigeria NINIC/nicaragua NLNLD/netherlands/nederland/holland/thenetherlands
        NONOR/norway/norge NPNPL/nepal NRNRU/nauru NUNIU/niue NZNZL/newzealand OMOMN/oman PAPAN/panama PEPER/peru PFPYF/frenchpolynesia
        PGPNG/papuanewguinea PHPHL/philippines PKPAK/pakistan PLPOL/poland/polska PMSPM/saintpierreandmiquelon PNPCN/pitcairn
        PRPRI/puertorico PSPSE/palestine/stateofpalestine PTPRT/portugal PWPLW/palau PYPRY/paraguay QAQAT/qatar REREU/reunion
        ROROU/romania RSSRB/serbia RURUS/russia/russianfederation RWRWA/rwanda SASAU/saudiarabia/ksa SBSLB/solomonislands
        SCSYC/seychelles SDSDN/sudan SESWE/sweden/sverige SGSGP/singapore SHSHN/sainthelena SISVN/slovenia/slovenija
        SJSJM/svalbardandjanmayen SKSVK/slovakia/slovensko/slovakrepublic SLSLE/sierraleone SMSMR/sanmarino SNSEN/senegal SOSOM/somalia
        SRSUR/suriname SSSSD/southsudan STSTP/saotomeandprincipe SVSLV/elsalvador SXSXM/sintmaarten SYSYR/syria/syrianarabrepublic
        SZSWZ/eswatini/swaziland TATAA/tristandacunha TCTCA/turksandcaicosislands TDTCD/chad TFATF/frenchsouthernterritories TGTGO/togo
        THTHA/thailand TJTJK/tajikistan TKTKL/tokelau TLTLS/timorleste/easttimor TMTKM/turkmenistan TNTUN/tunisia TOTON/tonga
        TRTUR/turkey/turkiye TTTTO/trinidadandtobago TVTUV/tuvalu TWTWN/taiwan TZTZA/tanzania/unitedrepublicoftanzania UAUKR/ukraine
        UGUGA/uganda UMUMI/unitedstatesminoroutlyingislands USUSA/unitedstates/unitedstatesofamerica/america UYURY/uruguay
        UZUZB/uzbekistan VAVAT/vaticancity/holysee VCVCT/saintvincentandthegrenadines VEVEN/venezuela VGVGB/britishvirginislands
        VIVIR/usvirginislands VNVNM/vietnam VUVUT/vanuatu WFWLF/wallisandfutuna WSWSM/samoa XKXKX/kosovo YEYEM/yemen YTMYT/mayotte
        ZAZAF/southafrica ZMZMB/zambia ZWZWE/zimbabwe
        """;

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Codes = Read()
        .ToFrozenDictionary(StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// The alpha-2 code, in capitals, of a country given as a code of two or three letters or by name; null when it is not a country.
    /// </summary>
    public static string? CodeOf(ReadOnlySpan<char> raw)
    {
        if (raw.Length == 2 && Codes.TryGetValue([(char)(raw[0] | 0x20), (char)(raw[1] | 0x20)], out var code))
        {
            return code;
        }

        Span<char> letters = stackalloc char[2 * MaxNameChars];
        if (raw.Length > MaxNameChars)
        {
            return null;
        }

        var length = LatinLetters.Write(raw, letters, digits: false);
        ReadOnlySpan<char> name = letters[..length];
        if (length <= LongestCode && !System.Text.Ascii.IsValid(raw))
        {
            // A code has no accents, and a name in another script leaves almost no letters.
            return null;
        }

        if (Codes.TryGetValue(name, out code))
        {
            return code;
        }

        return name.StartsWith("the") && Codes.TryGetValue(name[3..], out code) ? code : null;
    }

    /// <summary>Whether a text is an alpha-2 code, in either case.</summary>
    public static bool IsCode(ReadOnlySpan<char> text) =>
        text.Length == 2
        && char.IsAsciiLetter(text[0])
        && char.IsAsciiLetter(text[1])
        && Codes.TryGetValue([(char)(text[0] | 0x20), (char)(text[1] | 0x20)], out var code)
        && text.Equals(code, StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string> Read()
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in Table.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = row.Split('/');
            var code = parts[0][..2];
            codes.Add(code.ToLowerInvariant(), code);
            codes.Add(parts[0][2..].ToLowerInvariant(), code);
            foreach (var name in parts.AsSpan(1))
            {
                codes.Add(name, code);
            }
        }

        return codes;
    }
}
