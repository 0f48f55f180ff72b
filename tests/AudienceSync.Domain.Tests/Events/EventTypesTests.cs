using System.Text.RegularExpressions;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Tests.Events;

public sealed class EventTypesTests
{
    [Fact]
    public void Every_stored_event_of_the_assembly_is_in_the_registry()
    {
        var types = typeof(IStoredEvent).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(IStoredEvent)) && !t.IsAbstract);
        EventTypes.ByAlias.Values.ShouldBe(types, ignoreOrder: true);
    }

    [Fact]
    public void An_alias_is_the_type_name_in_snake_case_as_marten_makes_it()
    {
        foreach (var stored in GoldenEvents.All)
        {
            var name = stored.GetType().Name;
            var snake = Regex.Replace(name, "(?<=[a-z0-9])[A-Z]", "_$0", RegexOptions.None, TimeSpan.FromSeconds(1)).ToLowerInvariant();
            var alias = EventTypes.AliasOf(stored);
            Regex.Replace(alias, "_v[2-9]$", "", RegexOptions.None, TimeSpan.FromSeconds(1)).ShouldBe(snake);
            EventTypes.ByAlias[alias].ShouldBe(stored.GetType());
        }
    }

    [Fact]
    public void An_event_of_another_module_has_neither_alias_nor_JSON_form()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => EventTypes.AliasOf(new Stranger()));
        Should.Throw<ArgumentOutOfRangeException>(() => EventJson.Write(new Stranger()));
        Should.Throw<NotSupportedException>(() => EventJson.Read("stranger", "{}"u8.ToArray()));
    }

    private sealed record Stranger : IStoredEvent;
}
