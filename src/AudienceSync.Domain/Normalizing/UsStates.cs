using System.Collections.Frozen;

namespace AudienceSync.Domain.Normalizing;

/// <summary>States, districts and territories of the USA and its post for the armed forces, as the USPS abbreviates them.</summary>
internal static class UsStates
{
    private const string Table = """
        al alabama ak alaska az arizona ar arkansas ca california co colorado ct connecticut de delaware fl florida ga georgia hi hawaii
        id idaho il illinois in indiana ia iowa ks kansas ky kentucky la louisiana me maine md maryland ma massachusetts mi michigan
        mn minnesota ms mississippi mo missouri mt montana ne nebraska nv nevada nh newhampshire nj newjersey nm newmexico ny newyork
        nc northcarolina nd northdakota oh ohio ok oklahoma or oregon pa pennsylvania ri rhodeisland sc southcarolina sd southdakota
        tn tennessee tx texas ut utah vt vermont va virginia wa washington wv westvirginia wi wisconsin wy wyoming
        dc districtofcolumbia dc washingtondc as americansamoa gu guam mp northernmarianaislands pr puertorico vi virginislands
        vi usvirginislands aa armedforcesamericas ae armedforceseurope ap armedforcespacific
        """;

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Codes = Read()
        .ToFrozenDictionary(StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The lower-case code of a code or name of lower-case letters without spaces; null when it is not a state.</summary>
    public static string? CodeOf(ReadOnlySpan<char> letters) => Codes.TryGetValue(letters, out var code) ? code : null;

    private static Dictionary<string, string> Read()
    {
        var tokens = Table.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < tokens.Length; i += 2)
        {
            codes[tokens[i]] = tokens[i];
            codes[tokens[i + 1]] = tokens[i];
        }

        return codes;
    }
}
