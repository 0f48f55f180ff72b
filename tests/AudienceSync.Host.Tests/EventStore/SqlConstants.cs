using System.Reflection;
using System.Text.RegularExpressions;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>Every SQL text that the storage module has as a constant, by owner and name.</summary>
internal static partial class SqlConstants
{
    public static readonly IReadOnlyDictionary<string, string> All = typeof(WorkspaceDatabase)
        .Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(field => field.IsLiteral && field.FieldType == typeof(string))
        .Select(field => (Name: $"{field.DeclaringType!.Name}.{field.Name}", Sql: (string)field.GetRawConstantValue()!))
        .Where(constant => Statement().IsMatch(constant.Sql))
        .ToDictionary(constant => constant.Name, constant => constant.Sql, StringComparer.Ordinal);

    [GeneratedRegex(
        @"^\s*(select|insert\s+into|update|delete\s+from|with)\s",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Statement();
}
