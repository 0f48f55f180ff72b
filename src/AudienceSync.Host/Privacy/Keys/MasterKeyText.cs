using System.Globalization;
using System.Security.Cryptography;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// The text of master keys: one key in base64, which is version 1, or a line <c>VERSION:BASE64</c> for each. A refusal names the line and
/// never quotes it.
/// </summary>
internal static class MasterKeyText
{
    private const short FirstVersion = 1;

    /// <exception cref="SetupException">master_key_invalid</exception>
    public static SortedList<short, byte[]> Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var secrets = new SortedList<short, byte[]>();
        if (lines is [] or [_] && !text.Contains(':', StringComparison.Ordinal))
        {
            secrets.Add(FirstVersion, Secret(text.Trim(), "The master key"));
            return secrets;
        }

        for (var n = 0; n < lines.Length; n++)
        {
            var (version, secret) = Line(lines[n], n + 1);
            if (!secrets.TryAdd(version, secret))
            {
                throw Invalid($"Line {n + 1} of the master keys repeats version {version}.");
            }
        }

        return secrets;
    }

    /// <summary>Adds a new key under the next version.</summary>
    /// <exception cref="SetupException">master_key_invalid</exception>
    public static (string Text, short Version) Append(string text)
    {
        var secrets = Parse(text);
        var last = secrets.Keys[^1];
        if (last == short.MaxValue)
        {
            throw Invalid($"There is no master key version after {last}.");
        }

        secrets.Add(++last, RandomNumberGenerator.GetBytes(MasterKey.KeyBytes));
        return (string.Concat(secrets.Select(key => $"{key.Key}:{Convert.ToBase64String(key.Value)}\n")), last);
    }

    private static (short Version, byte[] Secret) Line(string line, int number)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return
            colon > 0
            && short.TryParse(line.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version > 0
            ? (version, Secret(line[(colon + 1)..].Trim(), $"Line {number} of the master keys"))
            : throw Invalid(
                $"Line {number} of the master keys must be VERSION:BASE64, the version a whole number from 1 to {short.MaxValue}."
            );
    }

    private static byte[] Secret(string base64, string what)
    {
        var secret = new byte[MasterKey.KeyBytes + 1];
        return Convert.TryFromBase64String(base64, secret, out var length) && length == MasterKey.KeyBytes
            ? secret[..length]
            : throw Invalid($"{what} must be 32 bytes in base64.");
    }

    private static SetupException Invalid(string message) => new("master_key_invalid", message);
}
