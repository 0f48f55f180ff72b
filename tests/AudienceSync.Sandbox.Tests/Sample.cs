using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Sandbox.Tests;

/// <summary>Digests for tests.</summary>
internal static class Sample
{
    public static readonly string[] Email = ["EMAIL"];
    public static readonly string[] EmailAndPhone = ["EMAIL", "PHONE"];

    public static string Hash(string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
