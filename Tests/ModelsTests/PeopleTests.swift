import EventLog
import Models
import Testing

@Suite struct PeopleTests {
  @Test func aSessionThatSignsInIsOnePerson() {
    var builder = TableBuilder(items: 1, sessions: 3, users: 2)
    builder.add(item: 0, session: 0)
    builder.add(item: 0, session: 0, user: 1)
    builder.add(item: 0, session: 1)
    builder.add(item: 0, session: 2, user: 1)
    let people = People(builder.table)
    #expect(people.ofEvent == [1, 1, 2 + 1, 1])
    #expect(people.bound == 5)
  }
}
