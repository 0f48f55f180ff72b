using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Domain.Alerts;

/// <summary>The names of incidents outside: the same for every notice of an incident.</summary>
public static class IncidentKey
{
    /// <summary>The longest key that PagerDuty takes.</summary>
    public const int MaxChars = 255;

    /// <summary><c>audiencesync:WORKSPACE:RULE:GROUP</c>; a digest where that is too long.</summary>
    public static string Of(string workspace, string rule, string group)
    {
        var key = $"audiencesync:{workspace}:{rule}:{group}";
        return key.Length <= MaxChars ? key : $"audiencesync:{Digest(key)}";
    }

    /// <summary>One occurrence of an incident: its thread in a mailbox.</summary>
    public static string Thread(string workspace, string rule, string group, DateTimeOffset beganAt) =>
        Digest($"{workspace}:{rule}:{group}:{beganAt.UtcTicks}")[..32];

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
