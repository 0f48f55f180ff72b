using AudienceSync.Host.Storage.Log;

namespace AudienceSync.Host.Tests.People;

/// <summary>One of the names of a story's people. The kinds are 0 a customer id, 1 an e-mail, 2 a phone: the stronger first.</summary>
internal readonly record struct Name(int Kind, string Text)
{
    /// <summary>Whose an address is that was destroyed with somebody erased.</summary>
    public static readonly Name Nobody = new(-1, "");
}

/// <summary>One webhook of a story: whom it names, and what it says of him.</summary>
/// <param name="names">Strongest first; at least one.</param>
internal sealed class StoryEvent(Name[] names, StoryFact fact, PendingEvent pending)
{
    public Name[] Names => names;

    public StoryFact StoryFact => fact;

    public PendingEvent Event => pending;

    public Name Anchor => Names[0];

    public bool Calls(Name name) => Names.Contains(name);

    public override string ToString() => $"{StoryFact} {string.Join(' ', Names.Select(name => name.Text))}";
}
