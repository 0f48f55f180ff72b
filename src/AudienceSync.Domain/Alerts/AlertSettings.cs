namespace AudienceSync.Domain.Alerts;

/// <summary>Who is responsible for audiences.</summary>
/// <param name="Name">As shown in notices.</param>
/// <param name="Audiences">The audiences, without version.</param>
/// <param name="Channels">Channels of their own, which get nothing else; empty for the common ones.</param>
public sealed record AlertOwner(string Name, IReadOnlyList<string> Audiences, IReadOnlyList<string> Channels);

/// <summary>What can be set of the rules. The defaults make sense without any setting.</summary>
public sealed record AlertSettings
{
    public static readonly TimeSpan DefaultRemovalGoal = TimeSpan.FromSeconds(60);

    public static AlertSettings Default { get; } = new();

    /// <summary>How soon a removal must be acknowledged.</summary>
    public TimeSpan RemovalGoal { get; init; } = DefaultRemovalGoal;

    /// <summary>The same for audiences that have a goal of their own.</summary>
    public IReadOnlyDictionary<string, TimeSpan> RemovalGoals { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Names of rules that are not applied.</summary>
    public IReadOnlySet<string> Off { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    public IReadOnlyList<AlertOwner> Owners { get; init; } = [];

    public TimeSpan GoalOf(string audience) => RemovalGoals.GetValueOrDefault(audience, RemovalGoal);

    public AlertOwner? OwnerOf(string? audience) =>
        audience is null ? null : Owners.FirstOrDefault(owner => owner.Audiences.Contains(audience, StringComparer.Ordinal));
}
