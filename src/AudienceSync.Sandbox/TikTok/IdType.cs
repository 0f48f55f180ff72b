using System.Text;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>One entry of <c>id_schema</c>, contract tiktok 5.2. An MD5 is stored as the SHA-256 of its lowercase hex text.</summary>
internal sealed record IdType(string Name, int HexLength)
{
    private const int Md5HexLength = 32;

    private static readonly IdType[] All =
    [
        new("EMAIL_SHA256", Digest.HexLength),
        new("PHONE_SHA256", Digest.HexLength),
        new("IDFA_SHA256", Digest.HexLength),
        new("AAID_SHA256", Digest.HexLength),
        new("IDFA_MD5", Md5HexLength),
        new("AAID_MD5", Md5HexLength),
    ];

    /// <summary>Lowercase names are accepted.</summary>
    public static IdType? Find(string? name) => Array.Find(All, type => string.Equals(type.Name, name, StringComparison.OrdinalIgnoreCase));

    public static bool IsKey(string name) => Array.Exists(All, type => type.Name == name);

    /// <summary>Uppercase and lowercase hex are accepted.</summary>
    public bool TryRead(string hex, out Digest digest)
    {
        digest = default;
        if (hex.Length != HexLength || !hex.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        var lower = Encoding.ASCII.GetBytes(hex.ToLowerInvariant());
        if (HexLength == Digest.HexLength)
        {
            return Digest.TryParse(lower, out digest);
        }

        digest = Digest.Of(lower);
        return true;
    }
}
