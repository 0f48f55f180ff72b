namespace AudienceSync.Bench.Stock;

/// <summary>The body of a webhook, as the load generator writes it.</summary>
public sealed record StockWebhook(
    string Event,
    string EventId,
    string AudienceKey,
    DateTimeOffset OccurredAt,
    StockPerson Person,
    StockConsent Consent,
    StockContext Context
);

/// <summary>Its person.</summary>
public sealed record StockPerson(string CustomerId, string Email, string? Phone);

/// <summary>Its consent.</summary>
public sealed record StockConsent(string AdUserData, string AdPersonalization);

/// <summary>Its context.</summary>
public sealed record StockContext(string Journey, string Step, string Variant, string Message);

/// <summary>The stored event of an add.</summary>
public sealed record StockAdded(string EventId, string AudienceKey, DateTimeOffset OccurredAt, StockConsent Consent, StockContext Context);

/// <summary>The stored event of a remove.</summary>
public sealed record StockRemoved(
    string EventId,
    string AudienceKey,
    DateTimeOffset OccurredAt,
    StockConsent Consent,
    StockContext Context
);

/// <summary>The projected document: the latest times of a person by audience key.</summary>
public sealed class StockMember
{
    public Guid Id { get; set; }

    public Dictionary<string, DateTimeOffset> AddedAt { get; set; } = [];

    public Dictionary<string, DateTimeOffset> RemovedAt { get; set; } = [];
}
