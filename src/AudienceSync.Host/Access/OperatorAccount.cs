namespace AudienceSync.Host.Access;

/// <summary>The account that a token belongs to.</summary>
/// <param name="Name">The name in receipts and histories.</param>
public sealed record OperatorAccount(string Name)
{
    /// <summary>The name of the operator of an authenticated request.</summary>
    public static string NameOf(HttpContext context) => context.User.Identity!.Name!;
}
