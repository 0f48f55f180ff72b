using AudienceSync.Host.Ingest.Append;

namespace AudienceSync.Host.Tests.People;

/// <summary>A name of the people of a story. The kinds are 0 customer id, 1 email, 2 phone: the strongest first.</summary>
internal readonly record struct Name(int Kind, string Text)
{
    /// <summary>The owner of an address that was destroyed with an erased person.</summary>
    public static readonly Name None = new(-1, "");
}

/// <summary>One webhook of a story: the person it names, and what it states about them.</summary>
/// <param name="names">Strongest first; at least one.</param>
internal sealed class StoryEvent(Name[] names, StoryFact fact, PendingEvent pending)
{
    public Name[] Names => names;

    public StoryFact Fact => fact;

    public PendingEvent Event => pending;

    public Name Anchor => Names[0];

    public bool Mentions(Name name) => Names.Contains(name);

    public override string ToString() => $"{Fact} {string.Join(' ', Names.Select(name => name.Text))}";
}
