namespace AudienceSync.Host.Access;

/// <summary>Whose token it is.</summary>
/// <param name="Name">As it stands in receipts and histories.</param>
public sealed record OperatorAccount(string Name)
{
    /// <summary>The name of the operator of an authenticated request.</summary>
    public static string NameOf(HttpContext context) => context.User.Identity!.Name!;
}
