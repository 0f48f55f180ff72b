namespace AudienceSync.Connectors;

/// <summary>A platform that takes people out of every customer list of the account in one call, also out of lists we do not know.</summary>
public interface IErasesPeople
{
    /// <summary>Up to <see cref="DestinationLimits.MembersPerCall"/> members, each under the identifiers and the normalizer of his adds.</summary>
    ValueTask<CallResult> EraseAsync(IReadOnlyList<Member> members, CancellationToken cancellationToken);
}
