using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

/// <summary>Short names for the identifiers of a webhook.</summary>
internal static class Claims
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset At(int second) => Start.AddSeconds(second);

    public static PersonId Person(int n) => new(new Guid(n, 0, 0, [1, 0, 0, 0, 0, 0, 0, 0]));

    public static Alias Customer(int n) => Of(IdentifierKind.CustomerId, n);

    public static Alias Email(int n) => Of(IdentifierKind.Email, n);

    public static Alias Phone(int n) => Of(IdentifierKind.Phone, n);

    public static Alias Of(IdentifierKind kind, int n) => new(kind, new AliasDigest(new Guid(n, (short)kind, 0, new byte[8])));

    public static Statement Webhook(int second, params Alias[] aliases)
    {
        var text = aliases.ToDictionary(alias => alias.Kind, alias => $"{alias.Kind}-{alias.Digest.Value:N}");
        return new Statement(
            aliases,
            new PersonIdentifiers(
                text.GetValueOrDefault(IdentifierKind.CustomerId),
                text.GetValueOrDefault(IdentifierKind.Email),
                text.GetValueOrDefault(IdentifierKind.Phone),
                "US"
            ),
            Details: null,
            At(second)
        );
    }
}
