using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest;

/// <summary>What the response to a webhook of one event has beside its receipt.</summary>
public interface IReceiptFields
{
    /// <summary>The fields, after the event was committed. Null when there are none.</summary>
    /// <param name="named">The identifiers of the person that the event names, strongest first.</param>
    /// <param name="cancellationToken">The sender is gone.</param>
    Task<IReadOnlyList<NamedValue>?> OfAsync(Alias[] named, CancellationToken cancellationToken);
}
