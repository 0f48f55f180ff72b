using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Experiments;

namespace AudienceSync.Domain.Events;

/// <summary>
/// A change of an audience's registry entry, on the audience's stream. The time it happened is the stored event's own time.
/// </summary>
public interface IRegistryEvent : IStoredEvent
{
    /// <summary>The audience's name.</summary>
    string Audience { get; }

    /// <summary>The author of the change.</summary>
    string By { get; }

    /// <summary>The reason, when one was given.</summary>
    string? Why { get; }
}

/// <summary>An audience was created. Names and fields are the storage format.</summary>
public sealed record AudienceRegistered(string Audience, AudienceText Text, string By, string? Why) : IRegistryEvent;

/// <summary>The description of an audience changed. Its keys did not. Names and fields are the storage format.</summary>
public sealed record AudienceDescribed(string Audience, AudienceText Text, string By, string? Why) : IRegistryEvent;

/// <summary>
/// A version of an audience was published, with its immutable terms (window, match keys, consent policy) and the description of the
/// audience at that time. Names and fields are the storage format, in its second version: the first had no match keys, consent policy and
/// author.
/// </summary>
public sealed record AudienceKeyPublished(AudienceKey AudienceKey, long? WindowS, string? Purpose, string? Owner, string? Definition)
    : IRegistryEvent
{
    public MatchKeys MatchKeys { get; init; } = MatchKeys.All;

    public ConsentPolicy ConsentPolicy { get; init; } = ConsentPolicy.Assumed;

    /// <summary>Whether past and later events of its predecessor count for it, too. Written only when they do.</summary>
    public bool Inherits { get; init; }

    public string By { get; init; } = EventUpcasters.Configuration;

    public string? Why { get; init; }

    public string Audience => AudienceKey.Audience;

    public KeyTerms Terms => new(WindowS, MatchKeys, ConsentPolicy, Inherits);
}

/// <summary>A version feeds a remote audience from now on. Names and fields are the storage format.</summary>
public sealed record AudienceBound(AudienceKey AudienceKey, RemoteAudience Remote, string By, string? Why) : IRegistryEvent
{
    /// <summary>Whether the remote audience is ours alone, so that a resync removes members of others. Written only when it is.</summary>
    public bool Exclusive { get; init; }

    public string Audience => AudienceKey.Audience;
}

/// <summary>A remote audience is no longer fed. What was delivered stays. Names and fields are the storage format.</summary>
public sealed record AudienceUnbound(string Audience, RemoteAudience Remote, string By, string? Why) : IRegistryEvent;

/// <summary>Another version feeds a remote audience from now on. Names and fields are the storage format.</summary>
public sealed record AudienceKeyPromoted(AudienceKey AudienceKey, AudienceKey From, RemoteAudience Remote, string By, string? Why)
    : IRegistryEvent
{
    /// <summary>Where late events of the former version go, once it feeds nothing. Written only when they are not kept.</summary>
    public LateEvents LateEvents { get; init; } = LateEvents.Keep;

    public string Audience => AudienceKey.Audience;
}

/// <summary>A promotion was rolled back. Names and fields are the storage format.</summary>
public sealed record AudienceKeyRolledBack(AudienceKey AudienceKey, AudienceKey From, RemoteAudience Remote, string By, string? Why)
    : IRegistryEvent
{
    public string Audience => AudienceKey.Audience;
}

/// <summary>A version accepts no more events. Names and fields are the storage format.</summary>
public sealed record AudienceKeyRetired(AudienceKey AudienceKey, string By, string? Why) : IRegistryEvent
{
    public string Audience => AudienceKey.Audience;
}

/// <summary>Nothing is sent for an audience until it is resumed. Names and fields are the storage format.</summary>
public sealed record AudiencePaused(string Audience, string By, string? Why) : IRegistryEvent;

/// <summary>A paused audience is sent again. Names and fields are the storage format.</summary>
public sealed record AudienceResumed(string Audience, string By, string? Why) : IRegistryEvent;

/// <summary>An experiment holds out a share of the members from its start on. Names and fields are the storage format.</summary>
public sealed record AudienceExperimentDeclared(string Audience, ExperimentTerms Experiment, string By, string? Why) : IRegistryEvent;

/// <summary>An experiment was ended by its author. Names and fields are the storage format.</summary>
public sealed record AudienceExperimentEnded(string Audience, string Experiment, string By, string? Why) : IRegistryEvent;
